# What a second request brings in: other applications, code that is compiled now, native code, Unicode's tables, the resolver, local time.
defmodule Late do
  def report do
    {:ok, applications} = Application.ensure_all_started(:ssl)
    {:ok, _} = Application.ensure_all_started(:logger)
    {doubled, _} = Code.eval_string("defmodule Made do def double(x), do: x * 2 end; Made.double(21)")
    {:ok, address} = :inet.getaddr('localhost', :inet)

    [
      applications: Enum.sort(applications),
      compiled: doubled,
      template: EEx.eval_string("<%= String.upcase(word) %>", word: "straße"),
      unicode: String.normalize("é", :nfd) |> String.codepoints(),
      graphemes: String.graphemes("👩‍🚀é") |> length(),
      digest: :crypto.hash(:sha3_256, "ocislim") |> Base.encode16(case: :lower),
      versions: :ssl.versions()[:available],
      authorities: :public_key.cacerts_load() == :ok and length(:public_key.cacerts_get()) > 50,
      address: address,
      local: :calendar.universal_time_to_local_time({{2024, 7, 1}, {12, 0, 0}}),
      date: Date.add(~D[2024-02-28], 2) |> Date.to_iso8601(),
      pattern: Regex.run(~r/\p{Lu}\w+/u, "die Größe"),
      task: Task.async(fn -> Version.match?("1.2.3", "~> 1.2") end) |> Task.await(),
      xml: :xmerl_scan.string('<a><b>42</b></a>') |> elem(0) |> elem(1),
      shell: System.cmd("sh", ["-c", "echo shell"])
    ]
  end
end
