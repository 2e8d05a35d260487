# The first route works as soon as the server does, the second loads what nothing has loaded before.
run lambda { |env|
  if env['PATH_INFO'] == '/late'
    require_relative 'lib/late'
    [200, { 'Content-Type' => 'application/json' }, [Late.report, "\n"]]
  else
    [200, { 'Content-Type' => 'text/html; charset=utf-8' }, ["<p>Grüße & more</p>\n"]]
  end
}
