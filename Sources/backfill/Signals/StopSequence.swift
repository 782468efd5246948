/// What each further signal means: finish what is in progress, cancel it, leave.
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
}
