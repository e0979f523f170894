mod accepted;
mod hostile;
mod make;
