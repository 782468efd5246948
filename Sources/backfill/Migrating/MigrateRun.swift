import BackfillCommands
import ChunkCatalog
import Glibc
import Postgres
import Waiting

/// A run of `migrate`: looks at how far the migration is, does the next step, and looks again, to the end.
struct MigrateRun: Sendable {
  let request: MigrateRequest
  let console: Console
  /// nil where nothing is asked.
  let dialog: Dialog?
  let interrupt: Interrupt
  let detail: Detail
  let isLive: Bool
  private let commandLine: String
  private let activity = MigrateActivity()

  /// nil where there is something to ask and nobody to answer.
  init?(
    _ request: MigrateRequest, _ output: OutputOptions, _ console: Console, isLive: Bool,
    silenceLimit: SilenceLimit
  ) {
    dialog = request.isConfirmed ? nil : Dialog(console)
    guard request.isConfirmed || dialog != nil else { return nil }
    self.request = request
    self.console = console
    self.isLive = isLive
    detail = output.detail
    commandLine = "\(Version.program) \(output.commandLine)"
    interrupt = Interrupt(silenceLimit: silenceLimit)
  }

  func run() -> ExitCode {
    SignalListener().listen(interrupt, console, telling: { [activity] in activity.message($0) })
    console.startWriting()
    if detail >= .normal { console.tell([.output(Version.line)]) }
    let code: ExitCode
    do throws(MigrateEnding) {
      try migrate()
      console.say(MigrateText.done)
      code = .done
    } catch {
      for message in error.messages(goingOn: commandLine) { console.complain(message) }
      code = error.exitCode
    }
    if !console.finish() { console.tellUnread() }
    return code
  }

  private func migrate() throws(MigrateEnding) {
    var knowledge = MigrationState.Knowledge()
    knowledge.acceptsRows = request.acceptsRows
    var hasMovedSchema = false
    var last: MigrationStep?
    while true {
      let (state, action) = try look(knowledge)
      switch action {
      case .begin: try note(.begin(movedSchema: hasMovedSchema))
      case .confirmTarget:
        try confirmTarget()
        knowledge.acceptsRows = true
      case .step(.schema) where request.acceptsRows: throw .awaiting(.schema)
      // A source without hypertables gives the target none.
      case .step(.schema) where hasMovedSchema: throw .step(.schema, .failed)
      case .step(let step):
        introduce(step, state)
        guard try prepare(step, state, knowledge) else { break }
        try perform(step, state)
        if step == .clean { return }
        if step == last { rest() }
        last = step
        if step == .check { knowledge.isChecked = true }
        guard step == .schema else { break }
        hasMovedSchema = true
        knowledge.isChecked = false
        knowledge.acceptsRows = true
      }
    }
  }

  /// A command that did all that was left to it, and isn't done by what the target shows: another run has the rest.
  private func rest() {
    console.say(["Another run has the rest; looking again in a while"])
    interrupt.sleep(.seconds(10), until: .draining)
  }

  /// How far the migration is, and what comes next. What was chosen is chosen again where this command line says
  /// otherwise, as long as nothing is staged.
  private func look(_ known: MigrationState.Knowledge) throws(MigrateEnding) -> (
    MigrationState, MigrationAction
  ) {
    guard interrupt.stage == .running else { throw .stopped }
    let look = MigrationLook(target: request.endpoints.target)
    let interrupt = interrupt
    let state = try asking { () async throws(CommandFailure) in try await look.run(interrupt: interrupt) }
    var knowledge = known
    if let recorded = state.record?.choice {
      knowledge.changesChoice = request.choice(over: recorded) != recorded
    }
    guard !knowledge.changesChoice || !state.isStaged else { throw .otherChoice }
    return (state, state.next(knowledge))
  }

  /// Waits for something that is asked of the servers.
  func asking<Value: Sendable>(
    _ body: @escaping @Sendable () async throws(CommandFailure) -> Value
  ) throws(MigrateEnding) -> Value {
    do throws(CommandFailure) {
      return try Blocking.result(of: body).get()
    } catch {
      throw .failure(error)
    }
  }

  func note(_ content: MigrationNote.Content) throws(MigrateEnding) {
    let note = MigrationNote(endpoints: request.endpoints)
    let interrupt = interrupt
    try asking { () async throws(CommandFailure) in try await note.write(content, interrupt: interrupt) }
  }

  private func introduce(_ step: MigrationStep, _ state: MigrationState) {
    console.say(["", step.heading(withSchema: state.target != .lacksHypertables)] + step.explanation)
  }

  /// Asks before a command is run, waits where it has to wait, and looks again afterwards: the answer may take days, and
  /// somebody else may go on meanwhile.
  ///
  /// - Returns: false where something else comes next by then, or the same by another command line.
  private func prepare(
    _ step: MigrationStep, _ state: MigrationState, _ knowledge: MigrationState.Knowledge
  ) throws(MigrateEnding) -> Bool {
    guard let line = try line(of: step, state) else { return true }
    console.say(["  \(line.text)"])
    if let dialog {
      guard dialog.confirm("Run it?", byDefault: true, interrupt) else { throw .stopped }
    }
    if step == .stage { try awaitCompletionPoint(choice(state), state.record) }
    guard dialog != nil || step == .stage else { return true }
    let (now, action) = try look(knowledge)
    return action == .step(step) && choice(now) == choice(state)
  }

  private func perform(_ step: MigrationStep, _ state: MigrationState) throws(MigrateEnding) {
    switch step {
    case .writing: try confirmWriting()
    case .completionPoint: try choose(over: state.record)
    default:
      guard let line = try line(of: step, state) else { return }
      let code = run(line.command)
      guard code == .done else { throw .step(step, code) }
      if let mark = step.mark { try note(.done(mark)) }
    }
  }

  func choice(_ state: MigrationState) -> MigrationRecord.Choice {
    request.choice(over: state.record?.choice)
  }

  /// nil for a step that is no command.
  private func line(
    of step: MigrationStep, _ state: MigrationState
  ) throws(MigrateEnding) -> MigrateRequest.Line? {
    guard let subcommand = step.subcommand else { return nil }
    return try reading { () throws(UsageError) in try request.line(subcommand, choice(state)) }
  }

  /// Of the command line all is known to be right; of what the target recorded, it need not be.
  func reading<Value>(_ body: () throws(UsageError) -> Value) throws(MigrateEnding) -> Value {
    do throws(UsageError) { return try body() } catch { throw .failure(.failed(.unexpected(error.message))) }
  }

  /// A command as it runs when it is run alone.
  private func run(_ command: Command) -> ExitCode {
    activity.during(.step(hasChunks: command.activity != nil)) {
      let size: @Sendable () -> (columns: Int, rows: Int) = { TerminalFacts.size(of: STDOUT_FILENO) }
      let telling = RunTelling(
        console, activity: command.activity, detail: detail, size: isLive ? size : nil)
      telling.start()
      let outcome = Blocking.wait { [interrupt] in await command.outcome(interrupt, telling) }
      telling.finish()
      console.conclude(outcome, RunSummary(outcome, columns: isLive ? size().columns : nil).withoutNext)
      return outcome.exitCode(stage: interrupt.stage)
    }
  }
}
