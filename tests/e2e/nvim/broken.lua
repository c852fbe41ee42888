-- Servers that are not there, die, hang, answer nonsense or are too old: a sentence each, and no error.
local harness = dofile(vim.fs.dirname(vim.fs.abspath(arg[0])) .. '/harness.lua')
local answers = dofile(harness.here .. '/answers.lua')
local check = harness.check

local file = harness.file('sample.py', answers.text)
local known = answers.of(vim.uri_from_fname(file))
local commands = { 'cfg', 'cfg dot', 'why', 'callers', 'metrics', 'hotspots', 'status' }

local function open(options)
  local child = harness.editor(options)
  child:command('edit ' .. file)
  child:command('normal! 4G')
  return child
end

-- The report of `:checkhealth rutter`.
local function health(child)
  child:command('checkhealth rutter')
  return harness.await(function()
    local report = child:lua([[
      local text = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n')
      return vim.bo.filetype == 'checkhealth' and text:find('rutter: server', 1, true) and text or nil
    ]])
    return report ~= vim.NIL and report
  end) or ''
end

local function each_says(child, what, text)
  for _, command in ipairs(commands) do
    local before = #child:messages(text)
    child:command('Rutter ' .. command)
    check(('%s: `:Rutter %s` says so'):format(what, command), harness.await(function() return #child:messages(text) > before end, 3000), child:messages())
  end
  check(what .. ': the statusline is quiet', child:lua([[return require('rutter').status()]]) == '')
  check(what .. ': no error is seen', #child:errors() == 0, child:errors())
end

harness.run(function()
  -- No program.
  local child = open({ rutter = { 'no-such-rutter', 'lsp' } })
  child:command('Rutter why')
  check('no program: it is said', child:says('there is no program `no-such-rutter` on the PATH'), child:messages())
  local report = health(child)
  check('no program: health says how to name it', report:find('there is no program `no-such-rutter`', 1, true) and report:find('vim.lsp.config', 1, true), report)
  child:stop()

  -- Not enabled.
  child = open({ enable = false })
  child:command('Rutter why')
  check('not enabled: it is said', child:says("it is not enabled: vim.lsp.enable('rutter')"), child:messages())
  child:command('enew')
  child:command('Rutter why')
  check('a buffer without a file type: it is said', child:says('this buffer has no file type'), child:messages())
  child:stop()

  -- One that dies at its start.
  local dies = harness.scripted({ dies = true })
  child = open({ rutter = dies })
  child:says('quit with exit code')
  each_says(child, 'dead at its start', 'the server is not running: it ended with exit code 3')
  report = health(child)
  check('dead at its start: health says so', report:find('ended with exit code 3', 1, true), report)
  child:stop()

  -- One that never answers initialize.
  local silent = harness.scripted({ silent = true })
  child = open({ rutter = silent })
  vim.wait(200)
  each_says(child, 'silent', 'the server is starting and has not answered yet')
  child:command('Rutter restart')
  check('silent: restart does not wait for it', child:says('restarted'), child:messages())
  child:stop()

  -- One that hangs in each request.
  local replies = {}
  for method in pairs(known.replies) do replies[method] = '__hang' end
  child = open({ rutter = harness.scripted({ replies = replies }), global = { timeout = 300 } })
  child:await([[return _G.ready('rutter')]])
  each_says(child, 'hanging', 'no answer to rutter/')
  check('hanging: the sentence says how long', child:says('in 0.3 s'), child:messages())
  report = health(child)
  check('hanging: health says so', report:find('no status of the index: timeout', 1, true), report)
  child:stop()

  -- One that answers nonsense, of another shape or deep within.
  for method in pairs(known.replies) do replies[method] = { nonsense = true } end
  child = open({ rutter = harness.scripted({ replies = replies }) })
  child:await([[return _G.ready('rutter')]])
  each_says(child, 'nonsense', 'makes no sense')
  report = health(child)
  check('nonsense: health says so', report:find('the status of the index makes no sense', 1, true), report)
  child:stop()
  local deep = vim.deepcopy(known.replies)
  deep['rutter/controlFlow'] = vim.deepcopy(known.outer_graph)
  deep['rutter/controlFlow'].boxes.blocks[2].columns = 'wide'
  deep['rutter/metrics'].functions[2].range = { 1, 2 }
  child = open({ rutter = harness.scripted({ replies = deep }) })
  child:await([[return _G.ready('rutter')]])
  child:command('Rutter cfg')
  check('nonsense deep in a graph: the place is said', child:says('boxes.blocks[1].columns is a string, not a table'), child:messages())
  child:command('Rutter metrics')
  check('nonsense deep in a list: the place is said', child:says('functions[1].range.'), child:messages())
  check('and no error is seen', #child:errors() == 0, child:errors())
  child:stop()

  -- One that lacks the methods.
  child = open({ rutter = harness.scripted({ replies = {}, version = '0.0.1' }) })
  child:await([[return _G.ready('rutter')]])
  each_says(child, 'too old', 'this server (0.0.1) does not know rutter/')
  report = health(child)
  check('too old: health says so', report:find('no status of the index', 1, true), report)
  child:stop()

  -- One that knows no function, and one that fails.
  child = open({ rutter = harness.scripted({ replies = {
    ['rutter/why'] = vim.NIL, ['rutter/controlFlow'] = vim.NIL, ['rutter/callers'] = vim.NIL, ['rutter/metrics'] = vim.NIL,
    ['rutter/hotspots'] = { __error = 'the index is in pieces' },
  } }) })
  child:await([[return _G.ready('rutter')]])
  for _, command in ipairs({ 'why', 'cfg', 'callers' }) do
    local before = #child:messages('no function here, or no index yet')
    child:command('Rutter ' .. command)
    check(('null: `:Rutter %s` says so'):format(command),
      harness.await(function() return #child:messages('no function here, or no index yet') > before end), child:messages())
  end
  child:command('Rutter metrics')
  check('null: `:Rutter metrics` says so', child:says('no index yet'), child:messages())
  child:command('Rutter hotspots')
  check('an error of the server is said', child:says('rutter/hotspots: the index is in pieces'), child:messages())
  child:stop()

  -- One that dies in the middle of a view.
  local mortal = harness.scripted({ replies = vim.tbl_extend('force', known.replies, { ['rutter/why'] = '__die' }) })
  child = open({ rutter = mortal })
  child:await([[return _G.ready('rutter')]])
  child:command('Rutter cfg')
  child:await([[return #vim.api.nvim_list_wins() == 2]])
  child:command('Rutter why')
  child:says('quit with exit code')
  child:command('Rutter why')
  check('dead in the middle: it is said', child:says('the server is not running: it ended with exit code 4'), child:messages())
  child:type('jjAx<Esc>')
  child:command('wincmd l')
  child:type(']b<CR>')
  vim.wait(300)
  check('dead in the middle: the view still leads to the code, or does nothing', #child:errors() == 0, child:errors())
  child:stop()

  -- Options with faults are told once, and the rest counts.
  child = open({ global = { lens = 'yes', colour = true, cfg = { window = 'left' }, timeout = 100 }, rutter = harness.scripted({ replies = known.replies }) })
  child:await([[return _G.ready('rutter')]])
  local settled = child:lua([[return require('rutter.options').get()]])
  check('a wrong option is told', child:says('option `lens` should be a boolean, not a string') and child:says('there is no option `colour`')
    and child:says('option `cfg.window` should be one of'), child:messages())
  check('and the others count', settled.timeout == 100 and settled.lens == true and settled.cfg.window == 'right', settled)
  report = health(child)
  check('and health has it', report:find('there is no option `colour`', 1, true), report)
  child:stop()
end)
