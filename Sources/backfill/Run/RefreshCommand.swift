import BackfillCommands
import Postgres
import Waiting

/// `refresh-caggs`, in one step or one of two.
enum RefreshCommand: Sendable {
  case refresh(RefreshCaggs)
  case write(ReadWatermarks, to: WholeFile)
  case read(from: String, target: ConnectionString, selection: Selection, isForced: Bool, RunIdentity)

  /// - Throws: `CommandFailure`.
  func run(_ interrupt: Interrupt, _ reporter: any Reporter) async throws(CommandFailure) -> RefreshResult {
    switch self {
    case .refresh(let refresh): return try await refresh.run(interrupt: interrupt, reporter: reporter)
    case .write(let watermarks, let file):
      return try await Self.write(watermarks, to: file, interrupt, reporter)
    case .read(let path, let target, let selection, let isForced, let identity):
      let refresh = RefreshCaggs(
        from: .file(path: path, text: try Self.text(of: path)), target: target, selection: selection,
        isForced: isForced, identity: identity)
      return try await refresh.run(interrupt: interrupt, reporter: reporter)
    }
  }

  /// That the file can't be written is found before anything is asked.
  private static func write(
    _ watermarks: ReadWatermarks, to file: WholeFile, _ interrupt: Interrupt, _ reporter: any Reporter
  ) async throws(CommandFailure) -> RefreshResult {
    let draft: WholeFile.Draft
    do throws(ReportFinding) { draft = try file.draft() } catch {
      throw .usage(.refresh(.fileNotWritten(error)))
    }
    let found = try await watermarks.run(interrupt: interrupt, reporter: reporter)
    do throws(ReportFinding) {
      try file.write(found.text + "\n", to: draft)
    } catch {
      throw .failed(.refresh(.fileNotWritten(error)))
    }
    var result = RefreshResult()
    result.written = (path: file.path, aggregates: found.aggregates)
    return result
  }

  private static func text(of path: String) throws(CommandFailure) -> String {
    do throws(TextFile.Failure) {
      return try TextFile.read(path)
    } catch {
      switch error {
      case .unreadable(let reason): throw .usage(.refresh(.fileNotRead(path: path, reason: reason)))
      case .noText: throw .failed(.refresh(.unreadableFile(path: path, .foreign)))
      }
    }
  }
}
