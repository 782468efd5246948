import Testing
import TimescaleDB

@testable import BackfillCommands

@Suite("The range that a refresh computes") struct RefreshedRangeTests {
  private func range(_ staged: Int64?, _ watermark: Int64?, canForce: Bool = true) -> RefreshedRange? {
    RefreshedRange(staged: staged, watermark: watermark, canForce: canForce)
  }

  @Test("begins where staging ended, and is forced where that can be") func staged() throws {
    let found = try #require(range(600, 960))
    #expect(found.range == .init(lower: 600, upper: 960))
    #expect(found.isForced)
    #expect(range(600, 960, canForce: false)?.isForced == false)
  }

  @Test("is what counts as changed, from the beginning, where nothing was staged") func unstaged() throws {
    let found = try #require(range(nil, 960))
    #expect(found.range == .init(lower: .min, upper: 960))
    #expect(!found.isForced)
  }

  @Test("begins anew where what was staged went with the aggregate") func dropped() throws {
    let found = try #require(RefreshedRange(staged: 960, isDropped: true, watermark: 960, canForce: true))
    #expect(found.range == .init(lower: .min, upper: 960))
    #expect(!found.isForced && found.copied == .dropped)
  }

  @Test("is nothing where the source has no more than was staged") func nothing() {
    #expect(range(960, 960) == nil)
    #expect(range(1000, 960) == nil)
    #expect(range(nil, nil) == nil)
  }

  @Test("lacks buckets that only the source has") func lacking() throws {
    let found = try #require(range(600, 960))
    #expect(found.lacking([nil, (first: 1, last: 5)], [nil, (first: 1, last: 5)]) == nil)
    #expect(found.lacking([nil, nil], [(first: 1, last: 5), nil]) == nil)
    let one = try #require(found.lacking([nil, (first: 1, last: 5)], [nil, (first: 2, last: 5)]))
    #expect(one == (first: 1, last: 5))
    let two = try #require(found.lacking([(first: 1, last: 5), (first: 7, last: 9)], [nil, nil]))
    #expect(two == (first: 1, last: 9))
  }

  @Test("leaves out buckets that stay") func kept() throws {
    let found = try #require(range(nil, 960))
    #expect(found.sparing([]) == [.init(lower: .min, upper: 960)])
    #expect(
      found.sparing([(first: 0, last: 90), (first: 400, last: 400)])
        == [.init(lower: .min, upper: 0), .init(lower: 91, upper: 400), .init(lower: 401, upper: 960)])
    #expect(try #require(range(0, 100)).sparing([(first: 0, last: 99)]) == [])
  }
}
