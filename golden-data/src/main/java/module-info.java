/** Finds the golden data: models, vectors and schemas that stand beside this module as plain files. */
module touchstone.golden.data {
  exports touchstone.golden;
}
