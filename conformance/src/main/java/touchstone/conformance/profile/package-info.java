/**
 * How another runtime rounds. Reading order: {@link touchstone.conformance.profile.RoundingProfile},
 * {@link touchstone.conformance.profile.RoundingPoint}; then {@link
 * touchstone.conformance.profile.TeacherForcing}, which compares a pass with a recorded one value by
 * value.
 */
package touchstone.conformance.profile;
