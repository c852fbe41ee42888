-- The control-flow view: the graph of the function at the cursor, which follows the cursor and the text, and leads back to the code.
local api = vim.api
local canvas = require('rutter.canvas')
local functions = require('rutter.functions')
local highlights = require('rutter.highlights')
local shape = require('rutter.shape')
local us = require('rutter.client')

local M = {}

local DELAY = 120 -- milliseconds that the cursor or the text has to rest
local drawn = api.nvim_create_namespace('rutter.cfg')
local current = api.nvim_create_namespace('rutter.cfg.current')
local code = api.nvim_create_namespace('rutter.cfg.code')

---@class rutter.CfgView
---@field bufnr integer the view's buffer
---@field window integer the view's window
---@field source integer the buffer that the graph is of
---@field source_window integer
---@field client_id integer
---@field fn? rutter.Function
---@field tick? integer of the source's text that the graph fits
---@field canvas? rutter.Canvas
---@field box? integer id of the marked block
---@field asks integer counts questions: only the last one's answer counts
---@field drop? fun() takes the last question back
---@field moves integer counts causes to ask: only the last one asks
local view ---@type rutter.CfgView?

-- Takes the light off the code of a block.
local function dim(bufnr)
  if api.nvim_buf_is_valid(bufnr) then
    api.nvim_buf_clear_namespace(bufnr, code, 0, -1)
  end
end

local function close()
  local old = view
  if not old then
    return
  end
  view = nil
  api.nvim_del_augroup_by_name('rutter.cfg')
  dim(old.source)
  if api.nvim_win_is_valid(old.window) and api.nvim_win_get_buf(old.window) == old.bufnr then
    -- The last window of all cannot be closed; it is left to an empty buffer.
    if not pcall(api.nvim_win_close, old.window, true) then
      api.nvim_win_call(old.window, function()
        vim.wo.winfixbuf = false
        vim.cmd('enew')
      end)
    end
  end
  if api.nvim_buf_is_valid(old.bufnr) then
    api.nvim_buf_delete(old.bufnr, { force = true })
  end
end

local function draw(answer)
  local picture = canvas.read(answer)
  view.canvas, view.fn, view.box = picture, answer['function'], nil
  vim.bo[view.bufnr].modifiable = true
  api.nvim_buf_set_lines(view.bufnr, 0, -1, false, picture.lines)
  vim.bo[view.bufnr].modifiable = false
  api.nvim_buf_clear_namespace(view.bufnr, drawn, 0, -1)
  api.nvim_buf_clear_namespace(view.bufnr, current, 0, -1)
  for _, stroke in ipairs(picture.strokes) do
    api.nvim_buf_set_extmark(view.bufnr, drawn, stroke.line, stroke.column, {
      end_col = stroke.endColumn, hl_group = highlights.edge(stroke.kind), priority = 100, strict = false,
    })
  end
  for _, box in ipairs(picture.boxes) do
    for line, span in pairs(box.spans) do
      api.nvim_buf_set_extmark(view.bufnr, drawn, line, span[1], {
        end_col = span[2], hl_group = highlights.block(box.kind), priority = 110, strict = false,
      })
    end
  end
  local fn = view.fn
  vim.b[view.bufnr].rutter_function = fn.fqn
  if api.nvim_win_is_valid(view.window) then
    local title = ('%s  cyclomatic %s  cognitive %s'):format(fn.fqn, fn.cyclomatic or '-', fn.cognitive or '-')
    api.nvim_set_option_value('winbar', (title:gsub('%%', '%%%%')), { win = view.window, scope = 'local' })
  end
end

-- Scrolls so that a box is in the middle, as far as the drawing reaches; puts the cursor on it.
local function centre(box)
  local height, width = api.nvim_win_get_height(view.window), api.nvim_win_get_width(view.window)
  local top = math.max(0, math.floor((box.line + box.last + 1 - height) / 2))
  local left = math.floor((box.left + box.right - width) / 2)
  left = math.max(0, math.min(left, view.canvas.width - width))
  api.nvim_win_set_cursor(view.window, { box.line + 1, box.spans[box.line][1] })
  api.nvim_win_call(view.window, function() vim.fn.winrestview({ topline = top + 1, leftcol = left }) end)
end

local function mark(box, scroll)
  if view.box ~= box.id then
    view.box = box.id
    api.nvim_buf_clear_namespace(view.bufnr, current, 0, -1)
    for line, span in pairs(box.spans) do
      api.nvim_buf_set_extmark(view.bufnr, current, line, span[1], {
        end_col = span[2], hl_group = 'RutterCfgCurrent', priority = 200, strict = false,
      })
    end
  end
  if scroll and api.nvim_win_is_valid(view.window) then
    centre(box)
  end
end

-- The box under the cursor of the view.
local function box_here()
  local place = api.nvim_win_get_cursor(view.window)
  return canvas.box_at(view.canvas, place[1] - 1, place[2])
end

-- Lights up a block's code, so that who moves in the graph sees in the text where that is.
local function light(box)
  dim(view.source)
  local client = vim.lsp.get_client_by_id(view.client_id)
  if box and client and api.nvim_buf_is_loaded(view.source) then
    local range = box.range
    local count = api.nvim_buf_line_count(view.source)
    if range['end'].line < count then
      api.nvim_buf_set_extmark(view.source, code, range.start.line, us.column(client, view.source, range.start), {
        end_row = range['end'].line, end_col = us.column(client, view.source, range['end']), hl_group = 'RutterCode', strict = false,
      })
    end
  end
end

-- A window that shows the code: the one it was in, or another one, or a new one beside the view.
local function code_window()
  if api.nvim_win_is_valid(view.source_window) and api.nvim_win_get_buf(view.source_window) == view.source then
    return view.source_window
  end
  local window = vim.fn.win_findbuf(view.source)[1]
  if not window then
    window = api.nvim_open_win(view.source, false, { split = 'left', win = view.window })
  end
  view.source_window = window
  return window
end

---Goes to the code of the block under the cursor.
function M.jump()
  local box = view and view.canvas and box_here()
  local client = view and vim.lsp.get_client_by_id(view.client_id)
  if not box or not client then
    return
  end
  local range = box.range
  if vim.deep_equal(range.start, range['end']) and box.kind ~= 'entry' then
    -- An exit has no code; the function's last line is where it is left.
    range = { start = view.fn.range['end'] }
  end
  local window, source = code_window(), view.source
  local floating = api.nvim_win_get_config(view.window).relative ~= ''
  local line = math.min(range.start.line, api.nvim_buf_line_count(source) - 1)
  local column = us.column(client, source, { line = line, character = range.start.character })
  dim(source)
  if floating then
    close()
  end
  api.nvim_set_current_win(window)
  vim.cmd("normal! m'")
  api.nvim_win_set_cursor(window, { line + 1, column })
  vim.cmd('normal! zv')
end

---Goes to the next block, or the one before.
---@param step integer
function M.move(step)
  if not view or not view.canvas or #view.canvas.boxes == 0 then
    return
  end
  local boxes = view.canvas.boxes
  local here, index = box_here(), nil
  for i, box in ipairs(boxes) do
    if box.id == (here and here.id or view.box) then
      index = i
    end
  end
  local box = boxes[((index or 1) - 1 + step) % #boxes + 1]
  mark(box, true)
  light(box)
end

-- A view that is the only window left is one to open files in.
local function release()
  if view and api.nvim_win_is_valid(view.window) and #api.nvim_tabpage_list_wins(api.nvim_win_get_tabpage(view.window)) == 1 then
    api.nvim_set_option_value('winfixbuf', false, { win = view.window, scope = 'local' })
  end
end

local function say_in_view(text)
  view.canvas, view.fn, view.box = nil, nil, nil
  vim.bo[view.bufnr].modifiable = true
  api.nvim_buf_set_lines(view.bufnr, 0, -1, false, { text })
  vim.bo[view.bufnr].modifiable = false
  api.nvim_buf_clear_namespace(view.bufnr, drawn, 0, -1)
  api.nvim_buf_clear_namespace(view.bufnr, current, 0, -1)
end

-- Where the cursor stands in the code; one in the white space before a line's text stands for the text.
local function cursor(client, window)
  local position = us.cursor(client, window)
  local line = api.nvim_buf_get_lines(api.nvim_win_get_buf(window), position.line, position.line + 1, false)[1] or ''
  local indented = #line:match('^%s*')
  if indented < #line then
    position.character = math.max(position.character, indented)
  end
  return position
end

local function same(a, b)
  return a ~= nil and b ~= nil and a.uri == b.uri and vim.deep_equal(a.selectionRange, b.selectionRange)
end

-- Asks for the graph at a position and draws it. `opened` is called once there is one, before it is drawn.
local function show(client, bufnr, position, quiet, opened)
  local ask_number = view and view.asks + 1 or 1
  if view then
    view.asks = ask_number
    if view.drop then
      view.drop()
    end
  end
  local tick = api.nvim_buf_get_changedtick(bufnr)
  local drop = us.ask(client, 'rutter/controlFlow', {
    params = vim.tbl_extend('error', us.place(bufnr, position), { formats = { 'boxes' } }),
    bufnr = bufnr, shape = shape.control_flow, quiet = quiet,
    failed = function(problem)
      if quiet and view and view.asks == ask_number then
        say_in_view('rutter: ' .. problem)
      end
    end,
  }, function(answer)
    if view and view.asks ~= ask_number or not api.nvim_buf_is_loaded(bufnr) or api.nvim_buf_get_changedtick(bufnr) ~= tick then
      return
    end
    if not answer or not answer.boxes then
      -- A cursor between functions leaves the last graph where it is.
      if not quiet then
        us.say(answer and 'the server draws no graphs' or 'no function here, or no index yet')
      end
      return
    end
    if opened then
      opened()
    end
    if not view then
      return
    end
    local kept = same(view.fn, answer['function']) and view.box
    view.source, view.client_id, view.tick = bufnr, client.id, tick
    draw(answer)
    local box = view.canvas.by_id[kept] or nil
    if api.nvim_get_current_win() ~= view.window or not box then
      box = canvas.block_at(view.canvas, position)
    end
    if box then
      mark(box, true)
    end
  end)
  if view then
    view.drop = drop
  end
end

-- What the cursor's place in the code calls for: another mark, another function, or a new graph of a changed text.
local function follow()
  local window = api.nvim_get_current_win()
  if not view or window == view.window or api.nvim_win_get_config(window).relative ~= '' then
    return
  end
  local bufnr = api.nvim_win_get_buf(window)
  local client = us.of(bufnr)
  if not client then
    return
  end
  view.source_window = window
  local position = cursor(client, window)
  if bufnr ~= view.source or not view.fn or view.tick ~= api.nvim_buf_get_changedtick(bufnr) then
    return show(client, bufnr, position, true)
  end
  local innermost = functions.innermost(functions.of(client, bufnr), position)
  if not us.holds(view.fn.range, position) or functions.fresh(bufnr) and innermost and not same(innermost, view.fn) then
    return show(client, bufnr, position, true)
  end
  local box = canvas.block_at(view.canvas, position)
  if box and box.id ~= view.box then
    mark(box, true)
  end
end

-- Follows at once where that takes no question, else once the cursor rests.
local function soon()
  if not view then
    return
  end
  view.moves = view.moves + 1
  local moves, old = view.moves, view
  vim.defer_fn(function()
    if view == old and view.moves == moves then
      follow()
    end
  end, DELAY)
end

local function moved()
  local window = api.nvim_get_current_win()
  if not view then
    return
  elseif window == view.window then
    local box = view.canvas and box_here()
    if box then
      mark(box, false)
      light(box)
    end
    return
  end
  dim(view.source)
  local bufnr = api.nvim_win_get_buf(window)
  local client = bufnr == view.source and view.canvas and view.tick == api.nvim_buf_get_changedtick(bufnr) and us.of(bufnr)
  if client then
    local position = cursor(client, window)
    if us.holds(view.fn.range, position) then
      local box = canvas.block_at(view.canvas, position)
      if box and box.id ~= view.box then
        mark(box, true)
      end
    end
  end
  soon()
end

local function open(source, source_window, client_id)
  highlights.define()
  local options = require('rutter.options').get().cfg
  local bufnr = api.nvim_create_buf(false, true)
  vim.bo[bufnr].buftype = 'nofile'
  vim.bo[bufnr].swapfile = false
  vim.bo[bufnr].bufhidden = 'wipe'
  vim.bo[bufnr].undolevels = -1
  vim.bo[bufnr].modifiable = false
  local window = require('rutter.window').open(bufnr, options)
  view = {
    bufnr = bufnr, window = window, source = source, source_window = source_window, client_id = client_id, asks = 0, moves = 0,
  }
  local function map(keys, run, what)
    for _, key in ipairs(keys) do
      vim.keymap.set('n', key, run, { buffer = bufnr, nowait = true, silent = true, desc = 'rutter: ' .. what })
    end
  end
  map({ '<CR>', '<2-LeftMouse>' }, M.jump, "go to the block's code")
  map({ ']b', '<Tab>' }, function() M.move(vim.v.count1) end, 'next block')
  map({ '[b', '<S-Tab>' }, function() M.move(-vim.v.count1) end, 'previous block')
  map({ 'q' }, close, 'close')
  api.nvim_buf_create_user_command(bufnr, 'RutterExport', function(call)
    M.export(call.fargs[1], call.fargs[2], call.bang)
  end, {
    nargs = '+', bang = true, desc = 'write the graph as dot, mermaid or svg',
    complete = function(lead, line, at) return require('rutter.command').complete(lead, line:gsub('RutterExport', 'Rutter cfg', 1), at) end,
  })
  vim.bo[bufnr].filetype = 'rutter-cfg'

  local group = api.nvim_create_augroup('rutter.cfg', {})
  api.nvim_create_autocmd({ 'CursorMoved', 'CursorMovedI' }, { group = group, callback = moved })
  api.nvim_create_autocmd({ 'TextChanged', 'TextChangedI', 'BufEnter' }, { group = group, callback = soon })
  api.nvim_create_autocmd('BufUnload', {
    group = group,
    callback = function(event)
      if view and event.buf == view.source and view.fn then
        say_in_view('The file is closed; the graph of the next function that the cursor comes to follows here.')
      end
    end,
  })
  api.nvim_create_autocmd('WinClosed', { group = group, pattern = tostring(window), callback = vim.schedule_wrap(close) })
  api.nvim_create_autocmd('WinClosed', { group = group, callback = vim.schedule_wrap(release) })
  api.nvim_create_autocmd('BufWipeout', { group = group, buffer = bufnr, callback = vim.schedule_wrap(close) })
end

---The export of the function that the view shows.
---@param format string
---@param file? string
---@param overwrite? boolean
function M.export(format, file, overwrite)
  if not view or not view.fn then
    us.say('there is no graph here', vim.log.levels.WARN)
    return
  end
  require('rutter.export').run(format, file, overwrite, { bufnr = view.source, position = view.fn.selectionRange.start })
end

---Opens the view, or shows another function in it.
---@param at? { bufnr: integer, position: lsp.Position } without it at the cursor
function M.open(at)
  local window = api.nvim_get_current_win()
  if not at and view and window == view.window then
    return
  end
  local bufnr = at and at.bufnr or api.nvim_get_current_buf()
  local client = us.need(bufnr)
  if not client then
    return
  end
  local position = at and at.position or cursor(client, window)
  -- One that is open in another tab is closed: it would follow a cursor that it is not seen beside.
  if view and (not api.nvim_win_is_valid(view.window) or api.nvim_win_get_tabpage(view.window) ~= api.nvim_get_current_tabpage()) then
    close()
  end
  show(client, bufnr, position, false, function()
    if not view then
      open(bufnr, window, client.id)
      view.asks = 1
    end
  end)
end

---Closes the view.
function M.close() close() end

return M
