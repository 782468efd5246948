public import Postgres

extension Queue {
  /// Which of the tasks that are open for a kind of work a run is about.
  public struct Scope: Sendable, Equatable {
    /// Of these hypertables of the source; nil for all.
    public var hypertables: Set<QualifiedName>?
    /// Chunks that differed when they were last compared.
    public var onlyDiffering: Bool
    /// Chunks that are verified count as open too: for a comparison that marks nothing as verified.
    public var includesVerified: Bool
    public var sample: Sample?

    public static let all = Scope()

    public init(
      hypertables: Set<QualifiedName>? = nil, onlyDiffering: Bool = false, includesVerified: Bool = false,
      sample: Sample? = nil
    ) {
      self.hypertables = hypertables
      self.onlyDiffering = onlyDiffering
      self.includesVerified = includesVerified
      self.sample = sample
    }

    /// The same for all parts of a split chunk.
    var condition: SQL {
      var parts: [SQL] = []
      if let hypertables {
        let names = hypertables.map { "(\($0.schema.name), \($0.name.name))" as SQL }
        parts.append(
          names.isEmpty
            ? "false" : "(hypertable_schema, hypertable_name) IN (\(names.joined(separator: ", ")))")
      }
      if onlyDiffering {
        parts.append(
          """
          (differed_at IS NOT NULL OR split IN (
            SELECT split FROM __backfill.task WHERE differed_at IS NOT NULL AND split IS NOT NULL))
          """)
      }
      if let sample { parts.append(sample.condition) }
      return parts.isEmpty ? "true" : parts.joined(separator: " AND ")
    }
  }

  /// Chunks chosen at random: those whose keys hash, with a seed, to no more than a limit.
  public struct Sample: Sendable, Equatable {
    let seed: Int64
    let limit: Int64
    /// How many chunks were chosen, and of how many.
    public let chunks: Int
    public let all: Int

    var condition: SQL { "\(Self.hash(seed)) <= \(limit)" }

    private static func hash(_ seed: Int64) -> SQL {
      "hashint8extended(\(Queue.unit), \(seed))"
    }

    /// Chooses among the chunks that are open for verifying.
    ///
    /// - Parameter percent: of the chunks, at least one of them.
    /// - Returns: nil where there is none.
    /// - Throws: `PostgresError`.
    public static func choose(
      _ percent: Double, in scope: Scope, seed: Int64, on target: borrowing Connection
    ) throws(PostgresError) -> Sample? {
      let hashes = try target.query(
        """
        SELECT \(hash(seed)) AS hash FROM __backfill.task
        WHERE \(Work.verifying.isOpen(scope)) ORDER BY 1
        """, doing: "choosing a sample"
      ) { row throws(PostgresError) in try row.integer("hash") }
      let count = size(percent, of: hashes.count)
      guard count > 0 else { return nil }
      return Sample(seed: seed, limit: hashes[count - 1], chunks: count, all: hashes.count)
    }

    /// How many chunks a part of all is, rounded up.
    static func size(_ percent: Double, of all: Int) -> Int {
      min(all, max(min(1, all), Int((Double(all) * percent / 100).rounded(.up))))
    }
  }

  /// What is verified as one: a chunk, whose parts share a key.
  static let unit: SQL = "coalesce(-split, priority)"
}
