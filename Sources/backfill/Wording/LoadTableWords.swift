import BackfillCommands
import Postgres

extension LoadTableFinding {
  var words: Words {
    switch self {
    case .missing(let text):
      Words(
        "there is no table \(SafeText.line(text))",
        hint: "write its schema too, and quotes where SQL needs them")
    case .unusable(let name):
      Words("\(name.shown) is no table that rows can be loaded into: it is a view, or a foreign table")
    case .reserved(let name):
      Words(
        "\(name.shown) is a table of the system's own", hint: "name the hypertable, not one of its chunks")
    case .hasRules(let name): Words("\(name.shown) has rules, which COPY does not go by")
    case .unknownColumns(let names, let table):
      Words(
        "\(table.shown) has no column \(Self.list(names))",
        hint: "give the records' columns with --columns, in their order")
    case .generatedColumns(let names, let table):
      Words("\(Self.list(names)) of \(table.shown) is generated, and cannot be loaded")
    case .repeatedColumns(let names): Words("named more than once: \(Self.list(names))")
    case .noTime(let name):
      Words("\(name.shown) is no hypertable, so that --until and --from have no time to go by")
    case .incomparableTime(let name, let type):
      Words(
        "--until and --from cannot be compared with the time of \(name.shown), which is of type \(SafeText.line(type))"
      )
    case .timeNotLoaded(let column):
      Words("the records have no \(column.shown), by which --until and --from go")
    case .noKey(let name):
      Words("\(name.shown) has no unique index that tells which row is to be updated")
    case .severalKeys(let name, let indexes):
      Words(
        "\(name.shown) has no primary key, and several unique indexes: \(Words.list(indexes.map(\.shown)))",
        hint: "--on-conflict skip takes all of them")
    case .keyNotLoaded(let columns):
      Words("the records lack columns of the key: \(Words.list(columns.map(\.shown)))")
    case .changed(let name):
      Words(
        "\(name.shown) is not the table that the load began with: it was dropped, or its columns or triggers were changed",
        hint: "run load again; if the table is another one, --again loads the files from the beginning")
    case .emptied(let name, let rows):
      Words(
        "\(name.shown) is empty, although an earlier run has loaded \(Quantity.count(rows, "row")) of these files into it",
        hint: "if that is as it should be, --again loads the files from the beginning")
    }
  }

  private static func list(_ names: [String]) -> String { Words.list(names.map { Identifier($0).shown }) }
}
