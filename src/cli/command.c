#include "src/cli/command.h"

#include <stdarg.h>

static void
show_help (const StnCommand *self, GOptionContext *context)
{
  /* GLib takes the program's name for the usage line: the command belongs to it here, and nowhere else */
  g_autofree char *program = g_strdup (g_get_prgname ());
  g_autofree char *name = g_strdup_printf ("%s %s", program, self->name);
  g_set_prgname (name);
  g_autofree char *text = g_option_context_get_help (context, TRUE, NULL);
  g_set_prgname (program);
  g_print ("%s", text);
}

gboolean
stn_command_parse (const StnCommand *self, const GOptionEntry *entries, int *argc, char ***argv, int *out_exit)
{
  gboolean help = FALSE;
  const GOptionEntry own[] = {
    { "help", 'h', 0, G_OPTION_ARG_NONE, &help, "Show this help", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GOptionContext) context = g_option_context_new (self->arguments);

  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_set_summary (context, self->summary);
  g_option_context_set_description (context, self->details);
  if (entries != NULL)
    g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_main_entries (context, own, NULL);
  if (!g_option_context_parse (context, argc, argv, &error)) {
    *out_exit = stn_command_usage (self, "%s", error->message);
    return FALSE;
  }
  if (help) {
    show_help (self, context);
    *out_exit = STN_EXIT_PASSED;
    return FALSE;
  }
  /* "--" only ends the options */
  if (*argc > 1 && g_str_equal ((*argv)[1], "--")) {
    for (int i = 1; i < *argc; i++)
      (*argv)[i] = (*argv)[i + 1];
    (*argc)--;
  }
  return TRUE;
}

int
stn_command_fail (const GError *error)
{
  if (stn_error_failure (error) == STN_FAILURE_USAGE)
    g_printerr ("%s\n", error->message);
  else
    g_printerr ("%s: %s\n", g_get_prgname (), error->message);
  return stn_exit_code_of (error);
}

int
stn_command_usage (const StnCommand *self, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_printerr ("%s %s: %s\nTry: %s %s --help\n", g_get_prgname (), self->name, text, g_get_prgname (), self->name);
  return STN_EXIT_USAGE;
}
