-- What a second request brings in: packages in Lua and in C, the local time, the resolver.
local cjson = require("cjson")
local lpeg = require("lpeg")
local lfs = require("lfs")
local re = require("re")
local socket = require("socket")
local url = require("socket.url")

return function()
  return cjson.encode({
    os.date("%H:%M %Z", 0), lpeg.match(lpeg.R("09") ^ 1, "42"), re.match("aab", "'a'+"), url.parse("http://a.b/c").host,
    socket.dns.toip("localhost"), lfs.attributes("/srv/app", "mode"), utf8.len("Grüße"),
  })
end
