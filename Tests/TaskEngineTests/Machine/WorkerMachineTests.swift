import Testing

@testable import TaskEngine
@testable import chaos

@Suite("The worker's machine") struct WorkerMachineTests {
  static let incidents =
    Incident.connecting + Incident.settling + Incident.awaiting + Incident.claiming + Incident.performing
    + Incident.losing + Incident.ending + Incident.recording

  @Test("does this, whatever happens", arguments: incidents)
  func table(incident: Incident) {
    #expect(incident.actions() == incident.course.map(\.action))
  }

  @Test("has a row for each kind of fault of the chaos suite") func faults() {
    let told = Set(Self.incidents.flatMap(\.faults))
    let kinds = Set(Fault.ofEveryKind(seed: 1).map(\.kind))
    #expect(kinds.subtracting(told).isEmpty)
  }

  @Test("ends with an error where something happens that no action leads to") func unforeseen() {
    let incident = Incident("", .connecting, .paused => "failed: paused")
    #expect(incident.actions() == ["failed: paused"])
  }
}
