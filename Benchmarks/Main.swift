import Foundation

/// Measures timescaledb-backfill against other ways to copy chunks; README.md beside this file tells how.
@main
enum Main {
  static func main() async {
    do {
      let options = try BenchmarkOptions(Array(CommandLine.arguments.dropFirst()))
      if options.helps {
        print(Help.text)
      } else if options.lists {
        print(Help.list)
      } else {
        try await measure(options)
      }
    } catch {
      Benchmarks.tell("backfill-bench: \(error)")
      exit(1)
    }
  }

  private static func measure(_ options: BenchmarkOptions) async throws {
    if options.scenarios.contains(where: { $0.name == Scenario.splitter.name }) {
      print(SplitterBenchmark.table.text(leading: 1))
    }
    guard options.scenarios.contains(where: { !$0.trials.isEmpty }) else { return }
    let report = try await Benchmarks.start(options).report { try publish($0, options) }
    print(report.text)
  }

  private static func publish(_ report: Report, _ options: BenchmarkOptions) throws {
    if let file = options.json { try Publication(report).json().write(to: URL(fileURLWithPath: file)) }
    if let file = options.svg { try write(Chart(report: report).svg, to: file) }
    if let file = options.markdown { try write(report.markdown, to: file) }
  }

  private static func write(_ text: String, to file: String) throws {
    try text.write(toFile: file, atomically: true, encoding: .utf8)
  }
}
