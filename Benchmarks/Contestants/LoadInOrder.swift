/// This program with a file in the order of time or in another one.
struct LoadInOrder: Contestant {
  let dropIn: DropIn
  let order: RecordFile.Order
  let phases = [Phase.load]

  var name: String {
    switch order {
    case .time: ContestantName.inOrder
    case .random: "at random"
    case .sortedBlocks: "at random, sorted beforehand"
    }
  }

  func objection(to trial: Trial) -> String? { trial.comparesOrders ? nil : Trial.nothingToShow }

  func prepare(_ course: Course) throws { _ = try RecordFile.make(course, order: order) }

  func command(_ phase: Phase, _ course: Course) throws -> Command {
    dropIn.loading(try RecordFile.make(course, order: order), course)
  }
}
