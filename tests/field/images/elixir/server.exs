# The first route works as soon as the server does, the second loads a module and applications that nothing has loaded before.
defmodule Server do
  def start(port) do
    {:ok, listener} = :gen_tcp.listen(port, [:binary, active: false, packet: :http_bin, reuseaddr: true])
    accept(listener)
  end

  defp accept(listener) do
    {:ok, socket} = :gen_tcp.accept(listener)
    {:ok, {:http_request, _, {:abs_path, path}, _}} = :gen_tcp.recv(socket, 0)
    body = answer(path)
    head = "HTTP/1.0 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: #{byte_size(body)}\r\n\r\n"
    :gen_tcp.send(socket, [head, body])
    :gen_tcp.close(socket)
    accept(listener)
  end

  defp answer("/late") do
    inspect(apply(Late, :report, []), pretty: true, limit: :infinity) <> "\n"
  rescue
    error -> Exception.format(:error, error, __STACKTRACE__)
  end

  defp answer(_), do: "<p>Grüße & more</p>\n"
end

Server.start(8000)
