public import ChunkCatalog

/// A step of `migrate`.
public enum MigrationStep: String, Sendable, CaseIterable {
  case check
  case schema
  /// Only where the schema was there before.
  case jobsOff
  /// A person's: the application begins to write to both databases.
  case writing
  case completionPoint
  case stage
  case copy
  case verify
  case refreshCaggs
  case jobsOn
  case clean
}

/// What `migrate` does next.
public enum MigrationAction: Sendable, Equatable {
  case step(MigrationStep)
  /// A target that has the schema is taken for the one to migrate to, and the migration is written down there.
  case begin
  /// The same, but its hypertables have rows, and no migration is under way: it may be finished, or be another database.
  case confirmTarget
}

extension MigrationStep {
  /// How its end is recorded; nil where the target shows it.
  public var mark: MigrationRecord.Mark? {
    switch self {
    case .check, .schema, .writing, .completionPoint, .clean: nil
    case .jobsOff: .jobsOff
    case .stage: .staged
    case .copy: .copied
    case .verify: .verified
    case .refreshCaggs: .refreshed
    case .jobsOn: .jobsOn
    }
  }
}
