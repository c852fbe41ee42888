-- Whether an answer is what editors/PROTOCOL.md says, so that a server of another version, or a broken one, ends in a sentence and
-- not in an error in the middle of drawing.
local M = {}

local position = { line = 'number', character = 'number' }
local range = { start = position, ['end'] = position }
local fn = { name = 'string', fqn = 'string', kind = 'string', uri = 'string', range = range, selectionRange = range,
  cyclomatic = 'number?', cognitive = 'number?', callers = 'number?' }

local function with(shape, more) return vim.tbl_extend('force', shape, more) end
local function list(item) return { of = item } end
local function maybe(inner) return { maybe = inner } end

M.control_flow = {
  ['function'] = fn,
  version = 'number?',
  blocks = list({ id = 'number', kind = 'string', range = range }),
  boxes = maybe({
    lines = list('string'),
    blocks = list({ id = 'number', line = 'number', endLine = 'number', columns = list({ 'number', 'number' }) }),
    edges = list({ kind = 'string', line = 'number', column = 'number', endColumn = 'number' }),
  }),
  dot = 'string?',
  mermaid = 'string?',
  svg = 'string?',
}

M.why = {
  ['function'] = fn,
  version = 'number?',
  lines = list({ line = 'number', cyclomatic = 'number', cognitive = 'number', causes = 'string', nesting = 'number', ranges = list(range) }),
}

M.callers = {
  ['function'] = fn,
  callers = list({ ['function'] = maybe(fn), uri = 'string', ranges = list(range), confidence = 'string' }),
}

M.metrics = {
  version = 'number?',
  head = 'string?',
  functions = list(with(fn, { head = maybe({ cyclomatic = 'number?', cognitive = 'number?' }) })),
}

M.hotspots = {
  functions = list(with(fn, { commits = 'number?', score = 'number' })),
  files = list({ uri = 'string', path = 'string', score = 'number' }),
  history = maybe({ commits = 'number', since = 'string?' }),
}

M.status = {
  version = 'string',
  roots = list({ uri = 'string', name = 'string', state = 'string', message = 'string?', percentage = 'number?', files = 'number?',
    symbols = 'number?', indexDir = 'string?' }),
}

M.lenses = list({ range = range })

-- Whether all fits. It says nothing of where it does not, and so takes a fraction of the time: a long file's answer is large.
local function fits(value, shape)
  if value == vim.NIL then
    value = nil
  end
  if type(shape) == 'string' then
    if shape:byte(-1) == 63 then -- a question mark
      return value == nil or type(value) == shape:sub(1, -2)
    end
    return type(value) == shape
  elseif shape.maybe then
    return value == nil or fits(value, shape.maybe)
  elseif type(value) ~= 'table' then
    return false
  elseif shape.of then
    if not vim.islist(value) then
      return false
    end
    for index = 1, #value do
      if not fits(value[index], shape.of) then
        return false
      end
    end
    return true
  end
  for field, inner in pairs(shape) do
    if not fits(value[field], inner) then
      return false
    end
  end
  return true
end

local function mismatch(value, shape, place)
  if value == vim.NIL then
    value = nil
  end
  if type(shape) == 'string' then
    local wanted = shape:gsub('%?$', '')
    if value == nil and wanted ~= shape then
      return nil
    end
    return type(value) ~= wanted and ('%s is %s, not a %s'):format(place, value == nil and 'missing' or 'a ' .. type(value), wanted) or nil
  elseif shape.maybe then
    return value ~= nil and mismatch(value, shape.maybe, place) or nil
  elseif type(value) ~= 'table' then
    return ('%s is %s, not a table'):format(place, value == nil and 'missing' or 'a ' .. type(value))
  elseif shape.of then
    if not vim.islist(value) then
      return place .. ' is not a list'
    end
    for index, item in ipairs(value) do
      local problem = mismatch(item, shape.of, ('%s[%d]'):format(place, index - 1))
      if problem then
        return problem
      end
    end
    return nil
  end
  for field, inner in pairs(shape) do
    local problem = mismatch(value[field], inner, place == 'it' and field or place .. '.' .. field)
    if problem then
      return problem
    end
  end
end

---What does not fit, as words; nothing where all does.
---@param value any
---@param shape any
---@return string?
function M.mismatch(value, shape)
  return not fits(value, shape) and mismatch(value, shape, 'it') or nil
end

return M
