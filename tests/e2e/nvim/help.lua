-- The help: its tags are sound, and it has every command, option, highlight and map that there is.
local harness = dofile(vim.fs.dirname(vim.fs.abspath(arg[0])) .. '/harness.lua')
local check = harness.check

harness.run(function()
  local copy = harness.work .. '/doc'
  vim.fn.mkdir(copy, 'p')
  local source = harness.editors .. '/nvim/doc/rutter.txt'
  assert(vim.uv.fs_copyfile(source, copy .. '/rutter.txt'))
  -- It tells of a tag that is there twice on its error output, and ends well all the same.
  local run = vim.system({ vim.v.progpath, '--clean', '--headless', '-c', 'helptags ' .. copy, '-c', 'quit' }, { text = true }):wait()
  check('helptags has no complaint', run.code == 0 and vim.trim(run.stderr) == '', run)
  local text = table.concat(vim.fn.readfile(source), '\n')
  local tags = {}
  for _, line in ipairs(vim.fn.readfile(copy .. '/tags')) do
    tags[line:match('^[^\t]+')] = true
  end
  for link in text:gmatch('|(%S-)|') do
    if link:lower():find('rutter', 1, true) then
      check(('the link |%s| leads somewhere'):format(link), tags[link], link)
    end
  end
  local longest = 0
  for line in vim.gsplit(text, '\n') do
    longest = math.max(longest, vim.api.nvim_strwidth(line))
  end
  check('no line is wider than a help window', longest <= 78, longest)

  local child = harness.editor({ enable = false })
  for _, name in ipairs(child:lua([[return require('rutter.command').names()]])) do
    check(('it has `:Rutter %s`'):format(name), tags[':Rutter-' .. name], name)
  end
  local options = child:lua([[
    local names = {}
    for name, value in pairs((require('rutter.options').read())) do
      names[#names + 1] = name
      for inner in pairs(name == 'cfg' and value or {}) do names[#names + 1] = 'cfg.' .. inner end
    end
    return names
  ]])
  for _, name in ipairs(options) do
    check(('it has the option `%s`'):format(name), tags['rutter-option-' .. name], name)
  end
  local groups = child:lua([[
    require('rutter.highlights').define()
    return vim.tbl_filter(function(name) return vim.startswith(name, 'Rutter') end, vim.tbl_keys(vim.api.nvim_get_hl(0, {})))
  ]])
  check('there are highlight groups', #groups > 10, groups)
  for _, name in ipairs(groups) do
    check(('it has the highlight group %s'):format(name), tags['hl-' .. name], name)
  end
  local maps = child:lua([[
    return vim.tbl_filter(function(keys) return vim.startswith(keys, '<Plug>(rutter') end,
      vim.tbl_map(function(map) return map.lhs end, vim.api.nvim_get_keymap('n')))
  ]])
  check('there are maps', #maps == 5, maps)
  for _, keys in ipairs(maps) do
    check(('it has the map %s'):format(keys), text:find(keys, 1, true), keys)
  end
end)
