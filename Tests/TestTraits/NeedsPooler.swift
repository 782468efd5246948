internal import TestServers
public import Testing

extension Trait where Self == ConditionTrait {
  /// Sessions can be led through a pooler.
  public static var needsPooler: Self {
    .enabled(if: Pooler.path != nil, "needs pgbouncer (apt-get install pgbouncer)")
  }
}
