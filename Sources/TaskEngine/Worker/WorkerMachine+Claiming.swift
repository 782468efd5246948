import ChunkCatalog
import Postgres

/// From one task to the next: settling lost commits, the message that ends a task and claims another, and what is done
/// where nothing can be claimed.
extension WorkerMachine {
  /// Looks what became of commits whose answer never came, as far as that can be told at once.
  mutating func settle(from first: Int, _ run: Circumstances) -> Action {
    guard let index = unsettled.indices.dropFirst(first).first(where: { unsettled[$0].news != nil }) else {
      return end(nil, run)
    }
    state = .settling(index: index)
    return .step(.look(unsettled[index]))
  }

  mutating func settled(_ isCommitted: Bool?, at index: Int, _ run: Circumstances) -> Action {
    switch isCommitted {
    case true?: report(done(unsettled.remove(at: index)), then: .settling(from: index), run)
    case false?: forget(at: index, run)
    case nil: settle(from: index + 1, run)
    }
  }

  /// It was undone with its session. Whoever claims it does it again.
  private mutating func forget(at index: Int, _ run: Circumstances) -> Action {
    unsettled.remove(at: index)
    return settle(from: index, run)
  }

  /// What there is to report of a task whose commit has happened.
  private mutating func done(_ settled: Unsettled) -> News? {
    blamed[settled.task.priority] = nil
    return settled.news
  }

  /// Ends a task and claims the next, unless the run is to stop or wants fewer workers.
  mutating func end(_ news: News?, _ run: Circumstances) -> Action {
    var claims = run.isWanted && !run.isStopping
    // Other tasks would fail in the same way.
    if case .failed(let failed)? = news, failed.failure.stopsRun != nil { claims = false }
    guard news != nil || claims else { return finish(.drained) }
    let ending = Ending(news: news, claims: claims, place: place)
    state = .ending(ending)
    return .step(.end(ending))
  }

  mutating func ended(_ ending: Ending, _ claim: TaskTransaction.Claim?, _ run: Circumstances) -> Action {
    outage.end()
    refusals.end()
    return report(ending.news, then: .claimed(ending, claim), run)
  }

  mutating func claimed(_ claim: TaskTransaction.Claim?, _ ending: Ending) -> Action {
    guard let claim else { return ending.claims ? release(.nothingClaimed) : finish(.drained) }
    place = claim.place
    // Whoever has the lock knows that no lost session does anything for the task any more.
    unsettled.removeAll { $0.task.priority == claim.task.priority }
    state = .pacing(claim.task, blamed: blamed.removeValue(forKey: claim.task.priority))
    return .step(.pause(.pace))
  }

  /// The end of the task before is committed, but the claim failed: others were in the way, say, or somebody cancelled it.
  mutating func claimFailed(_ failure: Failure, _ run: Circumstances) -> Action {
    let error = failure.error
    guard error.kind == .refusedByServer, failure.areUsable,
      error.isTransient || error.sqlState == SQLState.queryCanceled,
      let wait = refusals.wait(now: run.now, random: run.random)
    else { return disconnect(after: error, run) }
    return release(.claimRefused(wait: wait))
  }

  mutating func release(_ reason: Release) -> Action {
    state = .releasing(reason)
    return .step(.release)
  }

  mutating func released(_ release: Release, _ run: Circumstances) -> Action {
    switch release {
    case .stopping: finish(.drained)
    case .claimRefused(let wait): pause(wait)
    case .nothingClaimed where place != nil: lookFromTheStart(run)
    case .nothingClaimed: awaitUnsettled(Watch(deadline: run.now + timeOfLostSessions), run)
    }
  }

  private mutating func pause(_ wait: Duration) -> Action {
    state = .waitingToClaim
    return .step(.pause(.beforeClaim(wait)))
  }

  /// Behind the last task there is nothing; before it something may have been given back.
  private mutating func lookFromTheStart(_ run: Circumstances) -> Action {
    place = nil
    return end(nil, run)
  }

  /// Nobody has anything to claim, but lost sessions may hold tasks of this worker's: waits for them, the last first.
  mutating func awaitUnsettled(_ watch: Watch, _ run: Circumstances) -> Action {
    guard let last = unsettled.last else { return watch.mayClaim ? end(nil, run) : finish(.finished) }
    state = .awaiting(watch)
    return .step(.look(last))
  }

  mutating func awaited(_ isCommitted: Bool?, _ watch: Watch, _ run: Circumstances) -> Action {
    if isCommitted == nil, !run.isStopping, run.now < watch.deadline { return awaitUnsettled(watch, run) }
    var watch = watch
    let settled = unsettled.removeLast()
    if isCommitted == false { watch.mayClaim = true }
    return report(isCommitted == true ? done(settled) : nil, then: .awaiting(watch), run)
  }
}
