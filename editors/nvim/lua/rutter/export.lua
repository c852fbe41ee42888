-- The control-flow graph as a text for other programs: into a file, the clipboard, or a buffer to look at.
local shape = require('rutter.shape')
local us = require('rutter.client')

local M = {}

M.formats = { 'dot', 'mermaid', 'svg' }

local function scratch(format, text)
  local bufnr = vim.api.nvim_create_buf(true, true)
  vim.api.nvim_buf_set_lines(bufnr, 0, -1, false, vim.split(text, '\n', { trimempty = true }))
  vim.cmd('botright split')
  vim.api.nvim_win_set_buf(0, bufnr)
  vim.bo[bufnr].filetype = format
end

local function write(file, text, overwrite)
  local path = vim.fs.normalize(vim.fn.fnamemodify(vim.fs.normalize(file), ':p'))
  if not overwrite and vim.uv.fs_stat(path) then
    us.say(('%s exists: add ! to overwrite it'):format(path), vim.log.levels.ERROR)
    return
  end
  local handle, problem = io.open(path, 'wb')
  local written = false
  if handle then
    written, problem = handle:write(text)
    handle:close()
  end
  if written then
    us.say('written: ' .. path)
  else
    us.say(('cannot write %s: %s'):format(path, problem), vim.log.levels.ERROR)
  end
end

---@param format string
---@param file? string
---@param overwrite? boolean
---@param at? { bufnr: integer, position: lsp.Position } without it at the cursor
function M.run(format, file, overwrite, at)
  if not vim.list_contains(M.formats, format) then
    us.say(('there is no format `%s`: %s'):format(format, table.concat(M.formats, ', ')), vim.log.levels.ERROR)
    return
  end
  local bufnr = at and at.bufnr or vim.api.nvim_get_current_buf()
  local client = us.need(bufnr)
  if not client then
    return
  end
  us.ask(client, 'rutter/controlFlow', {
    params = vim.tbl_extend('error', us.place(bufnr, at and at.position or us.cursor(client)), { formats = { format } }),
    bufnr = bufnr, shape = shape.control_flow,
  }, function(answer)
    local text = answer and answer[format]
    if not answer then
      us.say('no function here, or no index yet')
    elseif type(text) ~= 'string' then
      us.say(('the server does not draw %s'):format(format), vim.log.levels.WARN)
    elseif file then
      write(file, text, overwrite)
    elseif vim.fn.has('clipboard') == 1 then
      vim.fn.setreg('+', text)
      us.say(('%s of %s is in the clipboard'):format(format, answer['function'].name))
    else
      scratch(format, text)
    end
  end)
end

return M
