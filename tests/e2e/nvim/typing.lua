-- A long file: the editor's own loop goes on while the server works. What blocks is counted in the editor's own processor time, so that
-- a busy machine does not count as blocking.
local harness = dofile(vim.fs.dirname(vim.fs.abspath(arg[0])) .. '/harness.lua')
local check = harness.check

local LIMIT = 50 -- milliseconds in one turn of the loop

local lines = {}
for n = 1, 2000 do
  vim.list_extend(lines, {
    ('def function_%d(a, b):'):format(n), '    for x in a:', '        if x and b:', '            while x:', '                x -= 1',
    '        elif x:', '            return b', '        print(a, b)', ('    return function_%d(a, x)'):format(math.max(1, n - 1)), '',
  })
end
local file = harness.file('long.py', lines)

-- Watches the loop: the most processor time between two turns, since it was asked last.
local watch = [[
  local last, clock = nil, os.clock
  _G.longest = 0
  local idle = vim.uv.new_timer()
  idle:start(0, 5, function()
    local now = clock()
    if last then _G.longest = math.max(_G.longest, (now - last) * 1000) end
    last = now
  end)
  function _G.lap() local longest = _G.longest _G.longest = 0 return longest end
]]

local function session(with)
  local child = harness.editor({ enable = with, before = watch })
  child:command('syntax off')
  child:command('edit ' .. file)
  local opening = child:lua('return _G.lap()')
  local found = { opening = opening, working = 0, typing = 0 }
  if with then
    child:await([[return _G.ready('rutter')]])
    found.attaching = child:lua('return _G.lap()')
  end
  child:command([[lua vim.o.laststatus = 2 vim.o.statusline = "%{v:lua.require'rutter'.status()}"]])
  local started = vim.uv.now()
  -- Types a word's worth of keys, again and again, while the server reads the file.
  child:type('gg50%O')
  local round = 0
  local keys_slowest = 0
  while vim.uv.now() - started < 3000 do
    round = round + 1
    for key in ('abc '):gmatch('.') do
      local before = vim.uv.hrtime()
      vim.rpcrequest(child.channel, 'nvim_input', key)
      vim.rpcrequest(child.channel, 'nvim_get_mode')
      keys_slowest = math.max(keys_slowest, (vim.uv.hrtime() - before) / 1e6)
      vim.wait(20)
    end
  end
  found.typing = child:lua('return _G.lap()')
  found.keys = keys_slowest
  child:type('<Esc>')
  if with then
    child:command('normal! 9999G')
    found.status = harness.await(function()
      local text = child:lua([[return require('rutter').status()]])
      return text:find('cyc') and text
    end, 2 * harness.PATIENCE)
    vim.wait(500)
    found.working = child:lua('return _G.lap()')
    child:command('Rutter cfg')
    found.graph = child:await([[
      for _, window in ipairs(vim.api.nvim_list_wins()) do
        if vim.bo[vim.api.nvim_win_get_buf(window)].filetype == 'rutter-cfg' then return true end
      end
    ]])
    child:type('kkkkjjjj')
    vim.wait(300)
    found.following = child:lua('return _G.lap()')
    found.errors = child:errors()
  end
  child:stop()
  return found
end

harness.run(function()
  local without = session(false)
  local with = session(true)
  io.write(('      the longest turn of the loop in ms: opening %.0f (%.0f without us), attaching %.0f, typing %.0f (%.0f), answers %.0f, graph %.0f\n'):format(
    with.opening, without.opening, with.attaching, with.typing, without.typing, with.working, with.following))
  -- Neovim itself sends the text to a server when it attaches, which takes its time for any server.
  check('typing is not blocked while the server reads', with.typing - without.typing <= LIMIT, with)
  check('nor while its answers come in', with.working <= LIMIT, with)
  check('the statusline knows the function at the cursor', with.status, with)
  check('nor by following the cursor', with.graph and with.following <= LIMIT, with)
  check('nothing went wrong meanwhile', with.errors and #with.errors == 0, with)
end)
