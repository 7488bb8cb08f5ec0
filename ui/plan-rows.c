#include "ui/plan-rows.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ui/sentences.h"
#include "ui/texts.h"

#define COLUMN 17 /* where the explanation's texts begin; what begins there goes on with the line above */
#define ORDER "\nIn this order"

/* "erase          what was in the flash is gone": a word, then the sentence; without a word the one above goes on */
static gboolean
split_word (const char *line, char **out_word, const char **out_rest)
{
  const char *gap = strstr (line, "  ");
  if (gap == NULL || gap == line || memchr (line, ' ', (gsize) (gap - line)) != NULL)
    return FALSE;
  *out_word = g_strndup (line, (gsize) (gap - line));
  *out_rest = gap + strspn (gap, " ");
  return TRUE;
}

static void
append (char **text, const char *more)
{
  char *joined = *text != NULL ? g_strconcat (*text, " ", more, NULL) : g_strdup (more);
  g_free (*text);
  *text = joined;
}

static void
translate (char **text)
{
  char *said = stn_text_sentence (*text);
  g_free (*text);
  *text = said;
}

static void
add_irreversible (GPtrArray *rows, const char *const *lines)
{
  StnModelRow *row = NULL;
  guint first = rows->len;
  for (guint i = 0; lines != NULL && lines[i] != NULL; i++) {
    g_autofree char *word = NULL;
    const char *rest = NULL;
    if (split_word (lines[i], &word, &rest)) {
      gboolean is_usual = g_str_equal (word, "erase") || g_str_equal (word, "serial");
      row = stn_model_add_row (rows, _ ("Cannot be undone"), NULL, rest);
      row->is_warning = !is_usual;
    } else if (row != NULL) {
      append (&row->remark, lines[i]);
    } else {
      row = stn_model_add_row (rows, _ ("Cannot be undone"), NULL, lines[i]);
      row->is_warning = TRUE;
    }
  }
  for (guint i = first; i < rows->len; i++)
    translate (&((StnModelRow *) g_ptr_array_index (rows, i))->remark);
}

/* Takes "2.7 s [none]" off the end of a step's text and gives the time; NULL when it has none. */
static char *
take_time (char *text)
{
  char *bracket = strrchr (text, '[');
  if (bracket != NULL)
    *bracket = '\0';
  g_strchomp (text);
  char *end = strrchr (text, '.');
  /* "… 2.7 s": the last full stop is in the number */
  while (end != NULL && end > text && g_ascii_isdigit (end[1])) {
    char kept = *end;
    *end = '\0';
    char *before = strrchr (text, '.');
    *end = kept;
    end = before;
  }
  if (end == NULL || !g_ascii_isdigit (end[1 + strspn (end + 1, " ")]))
    return NULL;
  char *time = g_strdup (end + 1 + strspn (end + 1, " "));
  end[1] = '\0';
  return time;
}

static void
add_step (GPtrArray *rows, const char *name, char *text)
{
  StnStepKind kind;
  g_autofree char *time = take_time (text);
  const char *title = stn_step_from_name (name, &kind) ? stn_text_step_name (kind) : name;
  g_autofree char *said = stn_text_sentence (text);
  stn_model_add_row (rows, title, time, said);
}

static void
add_steps (GPtrArray *rows, const char *plan_text)
{
  const char *order = plan_text != NULL ? strstr (plan_text, ORDER) : NULL;
  if (order == NULL)
    return;
  g_auto (GStrv) lines = g_strsplit (order + 1, "\n", -1);
  g_autofree char *name = NULL, *text = NULL;
  for (guint i = 1; lines[i] != NULL && lines[i][0] != '\0'; i++) {
    const char *line = lines[i];
    if (strspn (line, " ") >= COLUMN - 1) {
      append (&text, line + strspn (line, " "));
      continue;
    }
    if (name != NULL && text != NULL)
      add_step (rows, name, text);
    g_clear_pointer (&name, g_free);
    g_clear_pointer (&text, g_free);
    /* " 1 enter         Reset: …" */
    const char *word = line + strspn (line, " 0123456789");
    const char *rest = NULL;
    if (!split_word (word, &name, &rest))
      continue;
    text = g_strdup (rest);
  }
  if (name != NULL && text != NULL)
    add_step (rows, name, text);
}

void
stn_plan_rows_add (GPtrArray *rows, const char *plan_text, const char *const *irreversible)
{
  add_irreversible (rows, irreversible);
  add_steps (rows, plan_text);
}
