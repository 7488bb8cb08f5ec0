/* What the tests of src/target share. */
#pragma once

#include "src/target/target.h"

/* The catalogue as compiled in; fails the test where it can't be read. Free with stn_targets_free. */
static inline StnTargets *
targets_or_fail (void)
{
  g_autoptr (GError) error = NULL;
  StnTargets *targets = stn_targets_new (NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (targets);
  return targets;
}

static inline const StnTarget *
find_or_fail (StnTargets *targets, const char *part)
{
  g_autoptr (GError) error = NULL;
  const StnTarget *target = stn_targets_find (targets, part, &error);
  g_assert_no_error (error);
  g_assert_nonnull (target);
  return target;
}
