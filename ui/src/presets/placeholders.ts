/** What is filled into instructions when they are sent, as it is typed. */
export const placeholders = {
  language: '{language}',
  date: '{date}',
  clipboard: '{clipboard}',
  plain: '{{language}}',
};
