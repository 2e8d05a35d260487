-- The first route works as soon as the server does, the second loads what nothing has loaded before.
local socket = require("socket")
local listener = assert(socket.bind("*", 8000))

while true do
  local client = listener:accept()
  local path = (client:receive() or ""):match("^%u+ (%S+)")
  local body = "<p>Grüße & more</p>\n"
  if path == "/late" then
    local ok, report = pcall(function() return require("own.late")() end)
    body = tostring(report) .. "\n"
  end
  client:send("HTTP/1.0 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: " .. #body .. "\r\n\r\n" .. body)
  client:close()
end
