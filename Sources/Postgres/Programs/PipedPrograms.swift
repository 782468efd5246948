import Glibc

/// Two programs, of which the second reads what the first writes, by way of this process.
struct PipedPrograms: ~Copyable {
  private var writer: SpawnedProgram
  private var reader: SpawnedProgram
  private var said: (writer: ErrorLines, reader: ErrorLines)
  /// What was read of the one and isn't written to the other yet. Until it is, nothing more is read.
  private var pending: ArraySlice<UInt8>
  private var readerGaveUp: Bool

  /// - Throws: `ProgramFailure.notStarted`.
  init(_ first: ProgramCall, into second: ProgramCall) throws(ProgramFailure) {
    let one = try SpawnedProgram(first, takesInput: false)
    let other = try SpawnedProgram(second, takesInput: true)
    // Only now, as Swift 6.0.3 crashes where a part of this has its value before the initializer may throw.
    writer = one
    reader = other
    said = (ErrorLines(), ErrorLines())
    pending = []
    readerGaveUp = false
  }

  /// Whether one of them may still say something.
  var areOpen: Bool {
    writer.output != nil || writer.errors != nil || reader.output != nil || reader.errors != nil
  }

  /// Waits a moment for something to do, and does it.
  ///
  /// - Parameter hear: is told each line on a standard error.
  mutating func move(hear: (ProgramLine) -> Void) {
    let ready = ProgramRun.poll([
      (pending.isEmpty ? writer.output : nil, POLLIN), (writer.errors, POLLIN),
      (pending.isEmpty ? nil : reader.input, POLLOUT), (reader.output, POLLIN), (reader.errors, POLLIN),
    ])
    if ready[0] { take() }
    if ready[1] { writer.listen(&said.writer, hear) }
    if ready[2] { give() }
    if ready[3], reader.readOutput() == nil { reader.closeOutput() }
    if ready[4] { reader.listen(&said.reader, hear) }
    endInput()
  }

  private mutating func take() {
    if let piece = writer.readOutput() { pending = piece } else { writer.closeOutput() }
  }

  private mutating func give() {
    if let count = reader.write(pending) {
      pending = pending.dropFirst(count)
    } else {
      readerGaveUp = true
      reader.closeInput()
      writer.closeOutput()
      pending = []
    }
  }

  /// Only when the first has ended: an end of input says that this was all, so it is kept from one whose writer failed
  /// until that has been told to end.
  private mutating func endInput() {
    guard writer.output == nil, pending.isEmpty, reader.input != nil, writer.hasEnded() else { return }
    if writer.status != 0 { reader.signal(SIGTERM) }
    reader.closeInput()
  }

  mutating func haveEnded() -> Bool { writer.hasEnded() && reader.hasEnded() }

  func signal(_ number: Int32) {
    writer.signal(number)
    reader.signal(number)
  }

  /// - Parameter stopped: they were told to end.
  /// - Throws: `ProgramFailure` of the one that failed first.
  func check(stopped: Bool) throws(ProgramFailure) {
    if readerGaveUp { try reader.check(said.reader, stopped: stopped) }
    try writer.check(said.writer, stopped: stopped)
    try reader.check(said.reader, stopped: stopped)
  }
}
