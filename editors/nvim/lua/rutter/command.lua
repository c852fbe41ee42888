-- `:Rutter` and what can be said behind it.
local M = {}

---@class rutter.Subcommand
---@field run fun(arguments: string[], bang: boolean)
---@field most? integer arguments it takes; none without it
---@field complete? fun(lead: string, arguments: string[]): string[]

---@type table<string, rutter.Subcommand>
local subcommands = {
  callers = { run = function(_, bang) require('rutter').callers(bang) end },
  cfg = {
    most = 2,
    run = function(arguments, bang)
      local format, file = unpack(arguments)
      if not format then
        require('rutter').cfg()
      elseif vim.bo.filetype == 'rutter-cfg' then
        require('rutter.cfg').export(format, file, bang)
      else
        require('rutter').export(format, file, bang)
      end
    end,
    complete = function(lead, arguments)
      return #arguments == 0 and require('rutter.export').formats or #arguments == 1 and vim.fn.getcompletion(lead, 'file') or {}
    end,
  },
  hotspots = { run = function(_, bang) require('rutter').hotspots(bang) end },
  lens = { run = function() require('rutter').lens() end },
  log = { run = function() require('rutter.log').show() end },
  metrics = { run = function(_, bang) require('rutter').metrics(bang) end },
  restart = { run = function() require('rutter').restart() end },
  status = { run = function() require('rutter.status').show() end },
  why = { run = function() require('rutter').why() end },
}

---@return string[]
function M.names()
  local names = vim.tbl_keys(subcommands)
  table.sort(names)
  return names
end

---@param call { fargs: string[], bang: boolean }
function M.run(call)
  local say = require('rutter.client').say
  local name = call.fargs[1]
  local subcommand = subcommands[name]
  if not subcommand then
    local what = name and ('there is no `:Rutter %s`'):format(name) or 'say what'
    say(('%s: %s'):format(what, table.concat(M.names(), ', ')), vim.log.levels.ERROR)
    return
  end
  local arguments = vim.list_slice(call.fargs, 2)
  if #arguments > (subcommand.most or 0) then
    say(('`:Rutter %s` does not take `%s`'):format(name, arguments[(subcommand.most or 0) + 1]), vim.log.levels.ERROR)
    return
  end
  subcommand.run(arguments, call.bang)
end

---@param lead string
---@param line string
---@param at integer
---@return string[]
function M.complete(lead, line, at)
  local words = vim.split(line:sub(1, at):gsub('^%s*%S*Rutter!?%s+', '', 1), '%s+')
  table.remove(words) -- the one that is being typed
  local candidates
  if #words == 0 then
    candidates = M.names()
  else
    local subcommand = subcommands[words[1]]
    candidates = subcommand and subcommand.complete and subcommand.complete(lead, vim.list_slice(words, 2)) or {}
  end
  return vim.tbl_filter(function(candidate) return vim.startswith(candidate, lead) end, candidates)
end

return M
