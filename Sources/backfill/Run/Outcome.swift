import BackfillCommands
import Glibc
import Postgres
import Waiting

/// How a command ended.
enum Outcome: Sendable {
  case checked(CheckResult)
  case moved(SchemaResult)
  case staged(StageResult)
  case copied(CopyResult)
  case verified(VerifyResult)
  case cleaned(CleanResult)
  case refreshed(RefreshResult)
  case stated(StatusResult)
  case reported(ReportResult)
  case jobs(JobsResult)
  case exported(ExportResult)
  case imported(ImportResult)
  case loaded(LoadResult)
  case failed(CommandFailure)
}

/// One of the commands that work on databases, with how the executable treats it.
enum Command: Sendable {
  case check(Check)
  case schema(MoveSchema)
  case stage(Stage)
  case copy(Copy)
  case verify(Verify)
  case clean(Clean)
  case refreshCaggs(RefreshCommand)
  case status(Status)
  case report(ReportCommand)
  case jobs(JobsCommand)
  case export(Export)
  case importArchive(ImportArchive)
  case verifyArchive(VerifyArchive)
  case load(Load)

  /// What a command that works through chunks is doing; nil for the others.
  var activity: String? {
    switch self {
    case .copy: "Copying"
    case .verify(let verify): verify.request.options.thoroughness == .count ? "Counting" : "Verifying"
    case .verifyArchive: "Verifying"
    case .export: "Exporting"
    case .importArchive: "Importing"
    case .check, .schema, .stage, .clean, .refreshCaggs, .status, .report, .jobs, .load: nil
    }
  }

  var subcommand: Subcommand {
    switch self {
    case .check: .check
    case .schema: .schema
    case .stage: .stage
    case .copy: .copy
    case .verify: .verify
    case .clean: .clean
    case .refreshCaggs: .refreshCaggs
    case .status: .status
    case .report: .report
    case .jobs(let command): command.subcommand
    case .export: .exporting
    case .importArchive: .importing
    case .verifyArchive: .verify
    case .load: .load
    }
  }

  /// Its result is what goes to standard output, and nothing else does.
  var fillsStandardOutput: Bool {
    switch self {
    case .report(let command): command.file.isStandardOutput
    case .schema(let command): command.options.prints
    default: false
    }
  }

  func outcome(_ interrupt: Interrupt, _ reporter: any Reporter) async -> Outcome {
    do throws(CommandFailure) {
      switch self {
      case .check(let check):
        return .checked(try await check.run(interrupt: interrupt, reporter: reporter))
      case .schema(let schema):
        let result = try await schema.run(interrupt: interrupt, reporter: reporter)
        if let script = result.script { DescriptorSink(STDOUT_FILENO).write(ScriptText(script).text) }
        return .moved(result)
      case .stage(let stage):
        return .staged(try await stage.run(interrupt: interrupt, reporter: reporter))
      case .copy(let copy): return .copied(try await copy.run(interrupt: interrupt, reporter: reporter))
      case .verify(let verify):
        return .verified(try await verify.run(interrupt: interrupt, reporter: reporter))
      case .clean(let clean): return .cleaned(try await clean.run(interrupt: interrupt, reporter: reporter))
      case .refreshCaggs(let refresh):
        return .refreshed(try await refresh.run(interrupt, reporter))
      case .status(let status):
        return .stated(try await status.run(interrupt: interrupt, reporter: reporter))
      case .load(let load): return .loaded(try await load.run(interrupt: interrupt, reporter: reporter))
      case .jobs(let command): return .jobs(try await command.run(interrupt, reporter))
      case .export(let export):
        return .exported(try await export.run(interrupt: interrupt, reporter: reporter))
      case .importArchive(let command):
        return .imported(try await command.run(interrupt: interrupt, reporter: reporter))
      case .verifyArchive(let verify):
        return .verified(try await verify.run(interrupt: interrupt, reporter: reporter))
      case .report(let command): return .reported(try await command.run(interrupt, reporter))
      }
    } catch {
      return .failed(error)
    }
  }
}
