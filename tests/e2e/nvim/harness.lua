-- What the tests share: counting, waiting, servers by script, and an editor to type into.
--   nvim --clean --headless -l TEST.lua PROJECT RUTTER EDITORS COUNTS PYTHON
local M = { project = arg[1], rutter = arg[2], editors = arg[3] }

local counts, python = arg[4], arg[5]
local here = vim.fs.dirname(vim.fs.abspath(debug.getinfo(1, 'S').source:sub(2)))
local name = vim.fs.basename(arg[0] or ''):gsub('%.lua$', '')
local passed, failed = 0, 0
local children = {}

M.PATIENCE = tonumber(vim.env.PATIENCE) or 15000 -- milliseconds; only a failure waits that long
M.here = here
M.work = vim.fs.dirname(vim.fs.abspath(M.project)) .. '/' .. name
vim.fn.mkdir(M.work, 'p')

---@param what string
---@param ok any
---@param seen? any
function M.check(what, ok, seen)
  passed, failed = passed + (ok and 1 or 0), failed + (ok and 0 or 1)
  io.write(('%s  %s: %s%s\n'):format(ok and 'ok  ' or 'FAIL', name, what, ok and '' or ': ' .. vim.inspect(seen):sub(1, 1500)))
  return ok
end

---Waits until `probe` gives something, and gives it.
function M.await(probe, patience)
  local found
  vim.wait(patience or M.PATIENCE, function() found = probe() return found ~= nil and found ~= false end, 20)
  return found
end

---Ends the test: its numbers go where nvim.sh adds them up.
function M.finish()
  for _, child in ipairs(children) do
    child:stop()
  end
  local file = assert(io.open(counts, 'a'))
  file:write(('%d %d\n'):format(passed, failed))
  file:close()
  os.exit(failed == 0 and 0 or 1)
end

---Runs a test's body; an error in it is a failure like any other.
function M.run(body)
  local ok, problem = xpcall(body, debug.traceback)
  if not ok then
    M.check('runs to its end', false, problem)
  end
  M.finish()
end

vim.g.loaded_python3_provider = 0

local scripts = 0

---The command of a server by script, and the file that it writes down what it hears in.
function M.scripted(script)
  scripts = scripts + 1
  local path = ('%s/script-%d.json'):format(M.work, scripts)
  script.log = path .. '.log'
  -- A table without entries would be a list in JSON.
  script.replies = script.replies and (next(script.replies) and script.replies or vim.empty_dict())
  vim.fn.delete(script.log)
  vim.fn.writefile({ vim.json.encode(script) }, path)
  return { python, here .. '/scripted_server.py', path }, script.log
end

---What a server by script has heard of a method.
function M.heard(log, method)
  local found = {}
  for _, line in ipairs(vim.fn.filereadable(log) == 1 and vim.fn.readfile(log) or {}) do
    local ok, message = pcall(vim.json.decode, line)
    if ok and message.method == method then
      found[#found + 1] = message.params or true
    end
  end
  return found
end

---Writes a file of the test's own workspace, which has a root of its own.
function M.file(path, lines)
  local full = M.work .. '/ws/' .. path
  vim.fn.mkdir(vim.fs.dirname(full), 'p')
  vim.fn.mkdir(M.work .. '/ws/.git', 'p')
  vim.fn.writefile(type(lines) == 'string' and vim.split(lines, '\n') or lines, full)
  return full
end

local Child = {}
Child.__index = Child

---Calls Lua in the editor: `code` is the body of a function that gets the arguments as `...`.
function Child:lua(code, ...) return vim.rpcrequest(self.channel, 'nvim_exec_lua', code, { ... }) end

---Types, and waits until the editor has read it.
function Child:type(keys)
  vim.rpcrequest(self.channel, 'nvim_input', keys)
  vim.wait(10)
  vim.rpcrequest(self.channel, 'nvim_get_mode')
end

function Child:command(line) vim.rpcrequest(self.channel, 'nvim_command', line) end

---Waits until Lua in the editor gives something, and gives it.
function Child:await(code, ...)
  local arguments = { ... }
  return M.await(function()
    local found = self:lua(code, unpack(arguments))
    return found ~= vim.NIL and found or nil
  end)
end

---Calls it until it gives nothing any more.
function Child:gone(code, ...)
  local arguments = { ... }
  return M.await(function()
    local found = self:lua(code, unpack(arguments))
    return found == vim.NIL or found == false
  end) or false
end

---The messages so far that hold a text; without one all.
function Child:messages(text)
  local found = {}
  for _, message in ipairs(self:lua('return _G.seen')) do
    if not text or message:find(text, 1, true) then
      found[#found + 1] = message
    end
  end
  return found
end

---Waits for a message that holds a text.
function Child:says(text) return M.await(function() return self:messages(text)[1] end) end

---What went wrong in the editor without anybody's wanting it.
function Child:errors()
  return self:lua([[
    local found = {}
    for _, line in ipairs(vim.split(vim.fn.execute('messages'), '\n')) do
      if line:find('Error') or line:find('^E%d+:') or line:find('stack traceback') then found[#found + 1] = line end
    end
    return found
  ]])
end

function Child:stop()
  if self.channel then
    -- Not by its own way out, which waits for its servers: these end when nobody is there to talk to.
    vim.uv.kill(vim.fn.jobpid(self.channel), 'sigkill')
    vim.fn.jobwait({ self.channel }, 5000)
    self.channel = nil
  end
end

---Starts an editor with our plugin, of which `rutter` is the server's command; without it the real one's.
---@param options? { rutter?: string[], config?: table, enable?: boolean, global?: table, before?: string }
function M.editor(options)
  options = options or {}
  local child = setmetatable({}, Child)
  child.channel = vim.fn.jobstart({
    -- Neovim looks for a Python of its own when it opens a file of Python, for seconds on some machines.
    vim.v.progpath, '--clean', '--embed', '--headless', '-n', '--cmd', 'let g:loaded_python3_provider = 0',
    '--cmd', 'set rtp^=' .. M.editors .. '/nvim columns=160 lines=50',
  }, { rpc = true })
  children[#children + 1] = child
  child:lua([[
    local before, global, config, enable = ...
    _G.seen = {}
    vim.notify = function(message) _G.seen[#_G.seen + 1] = message end
    vim.o.hidden, vim.o.more, vim.o.swapfile = true, false, false
    if global ~= vim.NIL then vim.g.rutter = global end
    if before ~= vim.NIL then assert(loadstring(before))() end
    vim.lsp.config('rutter', config)
    if enable then vim.lsp.enable('rutter') end
    -- A server by script in the same buffers, for the part of another one.
    function _G.start(name, cmd, extra)
      local id = vim.lsp.start(vim.tbl_extend('force', { name = name, cmd = cmd, root_dir = vim.fs.root(0, '.git') }, extra or {}))
      return id
    end
    function _G.ready(name)
      local client = vim.lsp.get_clients({ name = name, bufnr = 0 })[1]
      return client ~= nil and client.initialized and not client:is_stopped()
    end
  ]], options.before or vim.NIL, options.global or vim.NIL,
    vim.tbl_extend('force', { cmd = options.rutter or { M.rutter, 'lsp' } }, options.config or {}), options.enable ~= false)
  return child
end

return M
