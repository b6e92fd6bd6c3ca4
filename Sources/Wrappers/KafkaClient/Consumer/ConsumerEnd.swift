/// Why a consumer's loop ended.
enum ConsumerEnd {
  /// It was told to.
  case closed
  /// Its client can't go on; another may.
  case unfit
}
