/// What the command line asks for.
struct BenchmarkOptions {
  var scenarios = Scenario.all
  var runs = 5
  var rowsScale = 1.0
  var peers: [String] = []
  /// Contestants whose name contains one of these; all if empty.
  var only: [String] = []
  var program: String?
  var psql: String?
  var pgcopydb: String?
  var server: String?
  var twoClusters = false
  var durable = false
  var mayCreateInInternal = true
  var json: String?
  var svg: String?
  var markdown: String?
  var lists = false
  var helps = false

  /// - Throws: `BenchmarkError` for what can't be understood.
  init(_ arguments: [String]) throws {
    var words = arguments[...]
    var named: [Scenario] = []
    while let word = words.popFirst() {
      switch word {
      case "--list": lists = true
      case "--help", "-h": helps = true
      case "--two-clusters": twoClusters = true
      case "--durable": durable = true
      case "--without-create": mayCreateInInternal = false
      case "--scenario": named += try Self.scenarios(&words)
      case "--runs": runs = try Self.number(word, &words) { Int($0) }
      case "--rows-scale": rowsScale = try Self.number(word, &words) { Double($0) }
      case "--peer": peers.append(try Self.value(word, &words))
      case "--only": only += try Self.value(word, &words).split(separator: ",").map(String.init)
      case "--program": program = try Self.value(word, &words)
      case "--psql": psql = try Self.value(word, &words)
      case "--pgcopydb": pgcopydb = try Self.value(word, &words)
      case "--server": server = try Self.value(word, &words)
      case "--json": json = try Self.value(word, &words)
      case "--svg": svg = try Self.value(word, &words)
      case "--markdown": markdown = try Self.value(word, &words)
      default: throw BenchmarkError("\(word) is not understood; --help tells what is")
      }
    }
    if !named.isEmpty { scenarios = named }
  }

  private static func value(_ option: String, _ words: inout ArraySlice<String>) throws -> String {
    guard let value = words.popFirst() else { throw BenchmarkError("\(option) needs a value") }
    return value
  }

  private static func number<Number: Comparable & ExpressibleByIntegerLiteral>(
    _ option: String, _ words: inout ArraySlice<String>, _ parse: (String) -> Number?
  ) throws -> Number {
    let text = try value(option, &words)
    guard let number = parse(text), number > 0 else {
      throw BenchmarkError("\(option) needs a positive number, not \(text)")
    }
    return number
  }

  /// All words up to the next option.
  private static func scenarios(_ words: inout ArraySlice<String>) throws -> [Scenario] {
    let names = words.prefix { !$0.hasPrefix("--") }
    words = words.dropFirst(names.count)
    guard !names.isEmpty else { throw BenchmarkError("--scenario needs a name") }
    return try names.map { name in
      guard let scenario = Scenario.named(name) else {
        throw BenchmarkError("there is no scenario \(name); --list tells which there are")
      }
      return scenario
    }
  }
}
