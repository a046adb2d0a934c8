package touchstone.quantize;

/** Watches a model being quantised. */
public interface QuantisationListener {
  /**
   * A part of the work is done.
   *
   * @param layer from 0
   * @param what is being done: a module, or what comes between
   * @param share of all work that is to be done in this run, from 0 to 1
   */
  void progress(int layer, String what, double share);

  /** A module is quantised. */
  void quantised(ModuleReport report);

  /**
   * Layers were found that an earlier run has finished.
   *
   * @param layers how many, from the first on
   */
  void resumed(int layers);
}
