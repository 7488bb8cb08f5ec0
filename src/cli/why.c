#include "src/cli/command.h"

#include "src/base/failure.h"
#include "src/cli/table.h"

static void
list_failures (void)
{
  static const char *const titles[] = { "failure", "whose", "who acts", "what to do", NULL };
  g_autoptr (StnTable) table = stn_table_new (titles);
  for (guint i = STN_FAILURE_NONE + 1; i < STN_FAILURE_COUNT; i++) {
    const StnFailureRow *row = stn_failure_row (i);
    const char *cells[] = { row->name, stn_blame_name (row->blame), stn_actor_name (row->actor), row->next_action };
    stn_table_add (table, cells);
  }
  g_autofree char *text = stn_table_text (table);
  g_print ("%s", text);
}

/* Breaks a paragraph at 100 characters, so that it reads in any terminal. */
static void
print_paragraph (const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  glong column = 0;
  for (guint i = 0; words[i] != NULL; i++) {
    glong length = g_utf8_strlen (words[i], -1);
    if (column > 0 && column + 1 + length > 100) {
      g_print ("\n");
      column = 0;
    }
    g_print ("%s%s", column > 0 ? " " : "", words[i]);
    column += length + (column > 0 ? 1 : 0);
  }
  g_print ("\n");
}

int
stn_command_why (const StnCommand *self, int argc, char **argv)
{
  int code = STN_EXIT_PASSED;
  if (!stn_command_parse (self, NULL, &argc, &argv, &code))
    return code;
  if (argc == 1) {
    list_failures ();
    return STN_EXIT_PASSED;
  }
  if (argc > 2)
    return stn_command_usage (self, "one failure at a time");

  StnFailure failure = stn_failure_from_name (argv[1]);
  if (failure == STN_FAILURE_NONE) {
    const char *nearest = stn_failure_nearest_name (argv[1]);
    if (nearest != NULL)
      return stn_command_usage (self, "there is no failure “%s”; the nearest is “%s”", argv[1], nearest);
    return stn_command_usage (self, "there is no failure “%s”", argv[1]);
  }
  const StnFailureRow *row = stn_failure_row (failure);
  g_autofree char *sentence = stn_failure_operator_text (failure, NULL);
  g_print ("%s\n\n", row->name);
  g_print ("whose:      %s\n", stn_blame_name (row->blame));
  g_print ("who acts:   %s\n", stn_actor_name (row->actor));
  g_print ("on screen:  %s\n", sentence);
  g_print ("what to do: %s\n\n", row->next_action);
  print_paragraph (row->explanation);
  return STN_EXIT_PASSED;
}
