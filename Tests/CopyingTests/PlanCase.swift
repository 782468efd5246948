import ChunkCatalog
import ChunkPairs
import Copying
import Testing

/// One line of a plan's table: what is known, and what is to be done then.
struct PlanCase: Sendable, CustomStringConvertible {
  let description: String
  let facts: CopyPlan.Facts
  let steps: [CopyStep]
  let remarks: [CopyRemark]

  init(_ name: String, _ facts: CopyPlan.Facts, _ steps: [CopyStep], remarks: [CopyRemark] = []) {
    description = name
    self.facts = facts
    self.steps = steps
    self.remarks = remarks
  }

  func check() {
    do {
      let plan = try CopyPlan(facts)
      #expect(plan.steps == steps)
      #expect(plan.remarks == remarks)
    } catch {
      Issue.record("refused: \(error)")
    }
  }
}
