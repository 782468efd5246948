import ChunkCatalog
import ChunkPairs
import Copying
import Testing
import TimescaleDB

/// After a refresh of the target nothing may keep what is copied out of the invalidation log.
@Suite("The plan for rows that a refresh came before") struct RefreshedPlanTests {
  typealias S = Samples

  private static func facts(
    source: ChunkDescription = S.chunk(S.sourceChunk), target: ChunkDescription? = S.chunk(S.targetChunk),
    until upper: Int64 = .max, version: String, isPart: Bool = false
  ) -> CopyPlan.Facts {
    var facts = S.facts(
      source: source, target: target, until: upper, version: version, mayBypass: true,
      mayDisableTriggers: true,
      isPart: isPart)
    facts.pair.wasRefreshed = true
    return facts
  }

  @Test(
    "suppresses nothing", arguments: ["2.14.2", "2.22.1", "2.23.1", "2.28.3", "2.29.2"], [false, true])
  func plain(version: String, isPart: Bool) throws {
    let watched = S.chunk(S.targetChunk, hasTrigger: version < "2.23")
    let compressed = S.chunk(S.sourceChunk, compressed: S.tuples(S.sourceTuples))
    let cases = [
      Self.facts(target: watched, version: version, isPart: isPart),
      Self.facts(target: watched, until: S.slice.lower + 1, version: version, isPart: isPart),
      Self.facts(target: nil, version: version),
      Self.facts(source: compressed, target: watched, version: version),
    ]
    for facts in cases {
      let plan = try CopyPlan(facts)
      #expect(!plan.steps.contains { $0.purpose == "suppressing continuous aggregate invalidation" })
      #expect(plan.steps.contains { if case .stream = $0 { true } else { false } })
    }
  }

  @Test("takes batches apart, as these are never logged", arguments: ["2.22.1", "2.29.2"])
  func batches(version: String) throws {
    let plan = try CopyPlan(
      Self.facts(
        source: S.chunk(S.sourceChunk, compressed: S.tuples(S.sourceTuples)),
        target: S.chunk(S.targetChunk, compressed: S.tuples(S.targetTuples)), version: version))
    #expect(plan.steps.contains(S.rows(only: false)))
    #expect(
      plan.remarks == [.compressedAnew(.aggregateWasRefreshed)])
  }
}
