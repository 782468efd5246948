/// As much of a terminal as the live display needs, to see what a person would see.
struct TinyTerminal {
  private(set) var lines: [[Character]] = [[]]
  private var row = 0
  private var column = 0
  private(set) var columns: Int

  init(columns: Int) { self.columns = columns }

  var text: [String] { lines.map { String($0) } }

  mutating func take(_ text: String) {
    var rest = text.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      switch scalar {
      case "\u{1B}":
        rest = rest.dropFirst()
        let argument = String(rest.prefix { !$0.properties.isAlphabetic })
        rest = rest.dropFirst(argument.unicodeScalars.count)
        control(rest.popFirst() ?? " ", argument)
      case "\r": column = 0
      case "\n": down()
      default: put(Character(scalar))
      }
    }
  }

  private mutating func control(_ command: Unicode.Scalar, _ argument: String) {
    switch command {
    case "A": row = max(0, row - (Int(argument) ?? 1))
    case "K": lines[row] = Array(lines[row].prefix(column))
    case "J":
      lines.removeSubrange((row + 1)...)
      lines[row] = Array(lines[row].prefix(column))
    default: break
    }
  }

  /// Makes the window narrower, and wraps lines anew as most terminals do.
  mutating func narrow(to columns: Int) {
    self.columns = columns
    var wrapped: [[Character]] = []
    var place = (row: 0, column: column)
    for (index, line) in lines.enumerated() {
      if index == row { place = (wrapped.count + column / columns, column % columns) }
      var rest = line[...]
      repeat {
        wrapped.append(Array(rest.prefix(columns)))
        rest = rest.dropFirst(columns)
      } while !rest.isEmpty
    }
    lines = wrapped
    (row, column) = place
  }

  private mutating func put(_ character: Character) {
    if column == columns { down() }
    while lines[row].count <= column { lines[row].append(" ") }
    lines[row][column] = character
    column += 1
  }

  private mutating func down() {
    row += 1
    column = 0
    if row == lines.count { lines.append([]) }
  }
}
