-- What can be set on the editor's side: `vim.g.rutter`, and over it what `setup` was given.
local M = {}

---@class rutter.Options
---@field lens? boolean show code lenses (default: true)
---@field list? 'quickfix'|'loclist'|'pick' where lists go (default: 'quickfix')
---@field picker? 'auto'|'telescope'|'fzf-lua'|'snacks'|'mini.pick'|'select' what picks (default: 'auto')
---@field ignore? string[] names of clients that are no main servers although they find definitions (default: {})
---@field timeout? integer milliseconds that a command waits for its answer (default: 5000)
---@field cfg? rutter.CfgOptions

---@class rutter.CfgOptions
---@field window? 'right'|'below'|'tab'|'float' where the graph is shown (default: 'right')
---@field size? number share of the screen that it takes (default: 0.5)
---@field focus? boolean go there at once; a float is always gone to (default: false)

---@class rutter.Settled : rutter.Options
---@field lens boolean
---@field list 'quickfix'|'loclist'|'pick'
---@field picker string
---@field ignore string[]
---@field timeout integer
---@field cfg { window: string, size: number, focus: boolean }
local defaults = {
  lens = true,
  list = 'quickfix',
  picker = 'auto',
  ignore = {},
  timeout = 5000,
  cfg = { window = 'right', size = 0.5, focus = false },
}

local words = {
  list = { 'quickfix', 'loclist', 'pick' },
  picker = { 'auto', 'telescope', 'fzf-lua', 'snacks', 'mini.pick', 'select' },
  window = { 'right', 'below', 'tab', 'float' },
}

local given = {} ---@type rutter.Options

-- Takes from `wanted` what fits, and gives what is wrong with the rest: a typing error in a configuration is told once, and nothing
-- fails over it.
local function settle(wanted, into, place, problems)
  for name, value in pairs(wanted) do
    local path = place .. name
    if into[name] == nil then
      problems[#problems + 1] = ('there is no option `%s`'):format(path)
    elseif type(value) ~= type(into[name]) then
      problems[#problems + 1] = ('option `%s` should be a %s, not a %s'):format(path, type(into[name]), type(value))
    elseif words[name] and not vim.list_contains(words[name], value) then
      problems[#problems + 1] = ('option `%s` should be one of %s, not `%s`'):format(path, table.concat(words[name], ', '), value)
    elseif name == 'cfg' then
      settle(value, into.cfg, 'cfg.', problems)
    else
      into[name] = value
    end
  end
end

---@return rutter.Settled settled
---@return string[] problems
function M.read()
  local settled, problems = vim.deepcopy(defaults), {}
  local global = vim.g.rutter
  if type(global) == 'table' then
    settle(global, settled, '', problems)
  elseif global ~= nil then
    problems[#problems + 1] = '`vim.g.rutter` should be a table'
  end
  settle(given, settled, '', problems)
  return settled, problems
end

---@return rutter.Settled
function M.get()
  local settled, problems = M.read()
  for _, problem in ipairs(problems) do
    vim.notify_once('rutter: ' .. problem, vim.log.levels.WARN, { title = 'rutter' })
  end
  return settled
end

---@param options? rutter.Options
function M.set(options)
  vim.validate('options', options, 'table', true)
  given = vim.tbl_deep_extend('force', given, options or {})
  M.get()
  if package.loaded['rutter.lenses'] then
    require('rutter.lenses').enable(M.get().lens)
  end
end

return M
