-- The functions of a buffer as `rutter/metrics` has them, kept until the text changes: for all that follows the cursor without asking
-- the server at each step.
local shape = require('rutter.shape')
local us = require('rutter.client')

local M = {}

local DELAY = 300 -- milliseconds after the last change
local PATIENCE = 60000 -- milliseconds: nobody waits for it, and a large file may be read first

---@class rutter.Known
---@field tick integer of the text that `functions` fit
---@field functions rutter.Function[]
---@field asked? integer tick of the question on its way
---@field drop? fun() takes that question back

---@class rutter.Function
---@field name string
---@field fqn string
---@field kind string
---@field uri string
---@field range lsp.Range
---@field selectionRange lsp.Range
---@field cyclomatic? integer
---@field cognitive? integer
---@field callers? integer
---@field head? { cyclomatic?: integer, cognitive?: integer }

local known = {} ---@type table<integer, rutter.Known>

local function fetch(client, bufnr)
  local entry = known[bufnr]
  local tick = vim.api.nvim_buf_get_changedtick(bufnr)
  entry.asked = tick
  -- Nobody wants to know of an older text any more.
  if entry.drop then
    entry.drop()
  end
  entry.drop = us.ask(client, 'rutter/metrics', {
    params = { textDocument = vim.lsp.util.make_text_document_params(bufnr) },
    bufnr = bufnr,
    shape = shape.metrics,
    quiet = true,
    timeout = PATIENCE,
    -- It is not asked again for this text: a server that cannot answer would be asked at each redraw.
    failed = function() entry.tick = tick end,
  }, function(answer)
    entry.tick = tick
    entry.functions = answer and answer.functions or {}
    require('rutter.status').redraw()
  end)
end

---The functions as far as they are known; where the text has changed since, they are asked for once it rests.
---@param client vim.lsp.Client
---@param bufnr integer
---@return rutter.Function[] functions
function M.of(client, bufnr)
  local entry = known[bufnr]
  if not entry then
    entry = { tick = -1, functions = {} }
    known[bufnr] = entry
    vim.api.nvim_create_autocmd('BufUnload', { buffer = bufnr, once = true, callback = function() known[bufnr] = nil end })
  end
  local tick = vim.api.nvim_buf_get_changedtick(bufnr)
  if entry.tick ~= tick and entry.asked ~= tick then
    entry.asked = tick
    vim.defer_fn(function()
      if known[bufnr] == entry and vim.api.nvim_buf_is_loaded(bufnr)
        and vim.api.nvim_buf_get_changedtick(bufnr) == tick and not client:is_stopped()
      then
        fetch(client, bufnr)
      end
    end, entry.tick < 0 and 0 or DELAY)
  end
  return entry.functions
end

---Whether what is known fits the text as it is.
---@param bufnr integer
function M.fresh(bufnr)
  return known[bufnr] ~= nil and known[bufnr].tick == vim.api.nvim_buf_get_changedtick(bufnr)
end

---Forgets what is known of all buffers, where the index has changed under them.
function M.forget()
  for _, entry in pairs(known) do
    entry.tick, entry.asked = -1, nil
  end
end

---The innermost function at a position.
---@param functions rutter.Function[]
---@param position lsp.Position
---@return rutter.Function?
function M.innermost(functions, position)
  local found
  for _, candidate in ipairs(functions) do
    if us.holds(candidate.range, position) and (not found or us.holds(found.range, candidate.range.start)) then
      found = candidate
    end
  end
  return found
end

return M
