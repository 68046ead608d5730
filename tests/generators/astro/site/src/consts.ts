export const SITE_TITLE = 'Kite Field';
export const SITE_DESCRIPTION = 'Wind, string & paper';
