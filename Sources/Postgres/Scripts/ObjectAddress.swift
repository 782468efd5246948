/// What an object is in a database's catalogs, as pg_depend tells of objects.
public struct ObjectAddress: Sendable, Hashable {
  /// The OID of the catalog that it is in, such as pg_class.
  public var catalog: Int64
  /// Its own OID.
  public var object: Int64

  public init(catalog: Int64, object: Int64) {
    self.catalog = catalog
    self.object = object
  }
}
