import BackfillCommands

/// What each further signal means: finish what is in flight, cancel it, leave.
struct StopSequence {
  enum Step: Equatable {
    case drain
    case cancel
    case leave
  }

  private var heard = 0

  mutating func hear() -> Step {
    heard += 1
    switch heard {
    case 1: return .drain
    case 2: return .cancel
    default: return .leave
    }
  }

  /// What a person is told at a step.
  /// - Parameter hasChunks: the command works through chunks, and finishes those in flight when it drains.
  static func message(_ step: Step, hasChunks: Bool) -> Message {
    switch step {
    case .drain where hasChunks:
      Message(
        .stopping, "the chunks in flight are finished, no others begin; a second signal cancels at once")
    case .drain:
      Message(.stopping, "after the step that is under way; a second signal cancels at once")
    case .cancel:
      Message(.stopping, "cancelled, what is in flight rolls back; a third signal leaves without waiting")
    case .leave: Message(.stopping, "leaving at once; the servers roll back what is in flight")
    }
  }
}
