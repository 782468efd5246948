import Testing

@testable import backfill

@Suite("Signals")
struct StopSequenceTests {
  @Test("drain, then cancel, then leave")
  func sequence() {
    var sequence = StopSequence()
    let steps = (0..<4).map { _ in sequence.hear() }
    #expect(steps == [.drain, .cancel, .leave, .leave])
  }

  @Test("The first one says what a second one does")
  func message() {
    for hasChunks in [true, false] {
      let message = StopSequence.Step.drain.message(hasChunks: hasChunks)
      #expect(message.text.contains("press Ctrl-C again to cancel"))
    }
  }
}
