"""What everything speaks: texts, views, actions, forms, languages, errors, names, territories, dates, templates."""
