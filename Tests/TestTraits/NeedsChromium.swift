internal import TestServers
public import Testing

extension Trait where Self == ConditionTrait {
  /// A page can be looked at in a browser.
  public static var needsChromium: Self {
    .enabled(if: Chromium.path != nil, "needs chromium in PATH (apt-get install chromium)")
  }
}
