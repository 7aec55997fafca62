-- Send one request over and over, and print how many responses had which status.
-- Arguments: method, the file of the body, whether each request says it comes from another address, then headers as name and value.
local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  statuses = ""
  counts = {}
  wrk.method, varied = args[1], args[3] == "yes"
  local file = assert(io.open(args[2]))
  wrk.body = file:read("*a")
  file:close()
  for i = 4, #args, 2 do wrk.headers[args[i]] = args[i + 1] end
  math.randomseed(os.time())
end

function request()
  if varied then
    wrk.headers["X-Forwarded-For"] = string.format(
      "198.%d.%d.%d", math.random(18, 19), math.random(0, 255), math.random(1, 254)
    )
  end
  return wrk.format()
end

function response(status)
  counts[status] = (counts[status] or 0) + 1
  -- What done() can read of a thread is a text.
  local parts = {}
  for code, count in pairs(counts) do parts[#parts + 1] = string.format('"%d": %d', code, count) end
  statuses = table.concat(parts, ", ")
end

function done(summary)
  local errors = summary.errors
  io.write(string.format(
    '\n{"statuses": {%s}, "unanswered": %d}\n',
    threads[1]:get("statuses"), errors.connect + errors.read + errors.write + errors.timeout
  ))
end
