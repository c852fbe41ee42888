-- What the server has said, and what Neovim has noted of it: one buffer to read where something is wrong.
local us = require('rutter.client')

local M = {}

local KEPT = 500 -- messages; the older ones are in Neovim's log, if its level lets them in
local TAIL = 256 * 1024 -- bytes of Neovim's log that are read: it may be huge
local kinds = { 'error', 'warning', 'info', 'log', 'debug' }
local messages = {} ---@type string[]

---`window/logMessage` of our server.
---@type lsp.Handler
function M.message(err, params, context)
  if type(params) == 'table' and type(params.message) == 'string' then
    messages[#messages + 1] = ('%s %s %s'):format(os.date('%H:%M:%S'), kinds[params.type] or 'log', params.message)
    if #messages > KEPT then
      table.remove(messages, 1)
    end
  end
  return vim.lsp.handlers['window/logMessage'](err, params, context)
end

-- The last lines of Neovim's log that are about us.
local function noted()
  local file = io.open(vim.lsp.log.get_filename(), 'r')
  if not file then
    return {}
  end
  local size = file:seek('end')
  file:seek('set', math.max(0, size - TAIL))
  local text = file:read('*a')
  file:close()
  return vim.tbl_filter(function(line) return line:find(us.NAME, 1, true) ~= nil end, vim.split(text, '\n', { trimempty = true }))
end

function M.show()
  local lines = { '# What the server has said' }
  for _, message in ipairs(messages) do
    vim.list_extend(lines, vim.split(message, '\n'))
  end
  if #messages == 0 then
    lines[#lines + 1] = 'nothing yet'
  end
  vim.list_extend(lines, { '', '# What ' .. vim.lsp.log.get_filename() .. ' has of it' })
  vim.list_extend(lines, noted())
  local bufnr = vim.api.nvim_create_buf(false, true)
  vim.api.nvim_buf_set_lines(bufnr, 0, -1, false, lines)
  vim.bo[bufnr].modifiable = false
  vim.bo[bufnr].bufhidden = 'wipe'
  vim.bo[bufnr].filetype = 'rutter-log'
  vim.cmd('botright split')
  vim.api.nvim_win_set_buf(0, bufnr)
  vim.api.nvim_win_set_cursor(0, { #lines, 0 })
  vim.keymap.set('n', 'q', '<Cmd>close<CR>', { buffer = bufnr, desc = 'close' })
end

return M
