-- The lines that count: what each adds to the complexity of a function, behind it, and the words that do it. It goes with the first edit.
local api = vim.api
local shape = require('rutter.shape')
local us = require('rutter.client')

local M = {}

local space = api.nvim_create_namespace('rutter.why')
local shown = {} ---@type table<integer, rutter.Function> buffer -> what is explained in it

---@param bufnr integer
function M.clear(bufnr)
  if shown[bufnr] then
    shown[bufnr] = nil
    if api.nvim_buf_is_valid(bufnr) then
      api.nvim_buf_clear_namespace(bufnr, space, 0, -1)
    end
  end
end

---What a line adds, as a sentence's part.
---@param line { cyclomatic: integer, cognitive: integer, causes: string, nesting: integer }
---@return string
function M.text(line)
  local parts = {}
  if line.cyclomatic > 0 then
    parts[#parts + 1] = ('+%d cyclomatic'):format(line.cyclomatic)
  end
  if line.cognitive > 0 then
    parts[#parts + 1] = ('+%d cognitive'):format(line.cognitive)
  end
  local nested = line.nesting == 1 and ' (nested once)' or line.nesting > 1 and (' (nested %d deep)'):format(line.nesting) or ''
  parts[#parts + 1] = line.causes .. nested
  return table.concat(parts, ' · ')
end

local function draw(client, bufnr, answer)
  require('rutter.highlights').define()
  M.clear(bufnr)
  shown[bufnr] = answer['function']
  local count = api.nvim_buf_line_count(bufnr)
  for _, line in ipairs(answer.lines) do
    if line.line < count then
      api.nvim_buf_set_extmark(bufnr, space, line.line, 0, {
        virt_text = { { M.text(line), 'RutterWhy' } }, virt_text_pos = 'eol', hl_mode = 'combine',
      })
      for _, range in ipairs(line.ranges) do
        if range['end'].line < count then
          api.nvim_buf_set_extmark(bufnr, space, range.start.line, us.column(client, bufnr, range.start), {
            end_row = range['end'].line, end_col = us.column(client, bufnr, range['end']), hl_group = 'RutterWhyWord', strict = false,
          })
        end
      end
    end
  end
  local explained = shown[bufnr]
  api.nvim_buf_attach(bufnr, false, {
    on_lines = function()
      -- Changing marks is not allowed in here.
      vim.schedule(function()
        if shown[bufnr] == explained then
          M.clear(bufnr)
        end
      end)
      return true
    end,
    on_reload = function() vim.schedule(function() M.clear(bufnr) end) end,
    on_detach = function() shown[bufnr] = nil end,
  })
end

---Shows the lines of a function, or hides them if they are shown.
---@param at? { bufnr: integer, position: lsp.Position } without it at the cursor
function M.show(at)
  local bufnr = at and at.bufnr or api.nvim_get_current_buf()
  local client = us.need(bufnr)
  if not client then
    return
  end
  local position = at and at.position or us.cursor(client)
  local tick = api.nvim_buf_get_changedtick(bufnr)
  us.ask(client, 'rutter/why', { params = us.place(bufnr, position), bufnr = bufnr, shape = shape.why }, function(answer)
    if not answer then
      return us.say('no function here, or no index yet')
    elseif not api.nvim_buf_is_loaded(bufnr) or api.nvim_buf_get_changedtick(bufnr) ~= tick then
      return us.say('the text has changed meanwhile, ask again')
    end
    local fn = answer['function']
    if shown[bufnr] and vim.deep_equal(shown[bufnr].selectionRange, fn.selectionRange) then
      M.clear(bufnr)
      return
    end
    if #answer.lines == 0 then
      return us.say(('nothing makes %s complex: cyclomatic %d, cognitive %d'):format(fn.name, fn.cyclomatic or 1, fn.cognitive or 0))
    end
    draw(client, bufnr, answer)
  end)
end

---`:Rutter why`: hides what is shown around the cursor without asking anybody, else shows.
function M.toggle()
  local bufnr = api.nvim_get_current_buf()
  local fn = shown[bufnr]
  local line = api.nvim_win_get_cursor(0)[1] - 1
  if fn and line >= fn.range.start.line and line <= fn.range['end'].line then
    M.clear(bufnr)
    return
  end
  M.show()
end

return M
