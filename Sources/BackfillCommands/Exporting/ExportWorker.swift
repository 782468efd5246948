import Archive
import ChunkCatalog
import Postgres
import TaskEngine
import TimescaleDB
import Waiting

/// One thread with a session on the source, which writes file after file.
struct ExportWorker {
  let number: Int
  let run: ExportRun

  /// Works until nothing is left for it. A session that is lost is made up for.
  func work() {
    var outage = RetryPolicy.Outage(run.retry)
    while !run.isStopping {
      do {
        try workOnSession(&outage)
        return
      } catch let error as PostgresError {
        guard error.isConnectionTrouble, !run.isStopping,
          let wait = outage.wait(now: .now, random: .random(in: 0..<1))
        else { return run.end(CommandFailure(error)) }
        run.reporter.report(.phase(worker: number, .reconnecting(after: wait, because: error)))
        run.reporter.report(.warning(.work(.reconnecting(error, wait: wait))))
        run.interrupt.sleep(wait, until: .draining)
      } catch {
        return run.end(.failed(.unexpected("\(error)")))
      }
    }
  }

  private func workOnSession(_ outage: inout RetryPolicy.Outage) throws {
    let session = try Connection.open(
      run.source, side: .source, settings: .timescaleDB, purpose: "export", interrupt: run.interrupt)
    // Another server may know a snapshot of the same name.
    try DatabaseIdentity.refuseOther(
      try Fingerprint.find(on: session), than: run.plan.manifest.source.fingerprint, .source)
    try session.execute(
      "DEALLOCATE ALL;" + ChunkDescription.preparation(run.installation.capabilities),
      doing: "preparing a worker's session")
    while true {
      switch run.next() {
      case .end: return
      case .wait: run.interrupt.sleep(.milliseconds(100), until: .draining)
      case .task(let task):
        try perform(task, on: session)
        outage.end()
      }
    }
  }

  private func perform(_ task: ExportPlanner.Task, on session: borrowing Connection) throws {
    let started = ContinuousClock.now
    do {
      guard let file = try ChunkExporter(task: task, run: run, worker: number).export(on: session) else {
        return
      }
      run.finish(task, file, worker: number, in: .now - started)
    } catch let fault as ArchiveFault {
      run.end(failure(fault), undoing: task)
    } catch let failure as CommandFailure {
      run.end(failure, undoing: task)
    } catch let failure as TaskFailure {
      run.fail(task, failure, worker: number)
    } catch let error as PostgresError {
      guard error.kind == .refusedByServer, session.isUsable else {
        run.giveBack(task)
        throw error
      }
      run.fail(task, TaskFailure(error), worker: number)
    }
  }

  /// Where one file can't be written, none can.
  private func failure(_ fault: ArchiveFault) -> CommandFailure {
    if case .full(_, let reason) = fault {
      return .failed(.archive(.full(directory: run.archive.path, reason: reason, remaining: 0)))
    }
    return .failed(.archive(.fault(directory: run.archive.path, fault)))
  }
}
